//! Rules of YAML text, whatever the file is of.

use super::Rule;

pub(super) static RULES: &[Rule] = &[
    Rule::error("file.not-utf8", "the file is not UTF-8").because(
        "YAML is text, and the API server takes UTF-8 only. A file in another encoding would be read with wrong letters, so it is not read at \
         all. The place named is the first byte that is no UTF-8. Save the file as UTF-8; PowerShell's `>` writes UTF-16, and there \
         `Out-File -Encoding utf8` helps.",
    ),
    Rule::error("yaml.syntax", "the file is not YAML")
        .because(
            "What stands after the mistake can mean anything, so nothing of the document is used: half a file of conditions would be half a gate. \
             The most frequent causes are tabs in an indentation, a `:` or `#` inside a text without quotes, and a quote that is never closed. \
             The place named is where the parser gave up; the cause may stand a few lines above.",
        )
        .example(
            "metadata.yaml",
            "name: web\nversion: 1.0.0\ndescription: \"a shop\n",
            "name: web\nversion: 1.0.0\ndescription: \"a shop\"\n",
        ),
    Rule::error("yaml.duplicate-key", "a map has a key twice")
        .because(
            "YAML forbids it, and its readers disagree: some take the first value, some the last, some refuse the file. Whoever reads the file \
             sees one of the two and the cluster may get the other. Both places are named; keep one. (In a foreign catalog that is imported this is a warning: the \
             value is taken that its own tool takes.)",
        )
        .example(
            "metadata.yaml",
            "name: web\nversion: 1.0.0\nlicense: MIT\nlicense: Apache-2.0\n",
            "name: web\nversion: 1.0.0\nlicense: Apache-2.0\n",
        ),
    Rule::error("yaml.key", "a key is a list or a map")
        .because(
            "YAML allows any value as a key, JSON and Kubernetes only texts. Nearly always it is a template that was not rendered: `{{ name }}` is, \
             to YAML, a map whose key is a map. Render the file first, or quote the key.",
        )
        .example(
            "metadata.yaml",
            "name: web\nversion: 1.0.0\nlabel:\n  {{ team }}: shop\n",
            "name: web\nversion: 1.0.0\nlabel:\n  team: shop\n",
        ),
    Rule::error("yaml.alias", "an alias names no anchor, or one that contains it")
        .because(
            "`*name` stands for the value that `&name` marked earlier in the same document. Without one there is no value, and a value that contains itself \
             has no end. A text that begins with `*` or `&` needs quotes.",
        )
        .example(
            "metadata.yaml",
            "name: web\nversion: 1.0.0\ndescription: *wip\n",
            "name: web\nversion: 1.0.0\ndescription: \"*wip\"\n",
        ),
    Rule::error("yaml.merge", "`<<` has a value that cannot be merged")
        .because(
            "`<<` takes the entries of another map into this one, as kubectl and Helm do. A text or a number has no entries. Name a map or a list of maps, \
             usually by an alias, or quote the key if it is meant as one.",
        )
        .example(
            "metadata.yaml",
            "name: web\nversion: 1.0.0\nlabel:\n  <<: shop\n",
            "name: web\nversion: 1.0.0\nlabel:\n  <<: {team: shop}\n",
        ),
    Rule::error("yaml.second-document", "a file that holds one document holds more")
        .because(
            "Only the files of `definitions/` may hold several documents. Elsewhere `---` begins a second file whose keys nobody would look at: a hook or a \
             module in it would silently not be there. Move it to a file of its own, or into the first document.",
        )
        .example(
            "metadata.yaml",
            "name: web\nversion: 1.0.0\n---\nlicense: MIT\n",
            "name: web\nversion: 1.0.0\nlicense: MIT\n",
        ),
    Rule::warning("yaml.tag", "a tag means nothing to Kubernetes' tools")
        .because(
            "Tags such as `!Ref` and `!!set` belong to other programs. kubectl and Helm drop them and keep the value beneath, which is seldom what was meant. \
             Remove the tag, or write out what it would have made.",
        )
        .example(
            "definitions/settings.yaml",
            "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings}\ndata:\n  zone: !Ref zone\n",
            "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings}\ndata:\n  zone: zone\n",
        ),
    Rule::error("yaml.not-finite", "a number is infinite or none")
        .because(
            "YAML has `.inf` and `.nan`; JSON, in which every object travels to the API server, has neither. There is no value that could be sent. Quote it if it is \
             a text, else write a number.",
        )
        .example(
            "definitions/settings.yaml",
            "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings}\ndata:\n  limit: .inf\n",
            "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings}\ndata:\n  limit: \".inf\"\n",
        ),
    Rule::warning("yaml.ambiguous", "a plain value means one thing to YAML 1.1 and another to YAML 1.2")
        .because(
            "kubectl and Helm read YAML 1.1, where `on` and `yes` are true, `0644` is 420 and `1_000` is a number. Editors, linters and most other programs read \
             YAML 1.2, where they are texts or other numbers. The object is sent as kubectl would send it, but whoever reviews the file sees something else. Write what is meant: \
             quotes for a text, `true`, `420` or `1000` for the rest. In fields of the format that hold a text, the text counts; there the warning also stands where YAML 1.1 \
             alone reads something else: `12:30` is 750 to it, and `2024-01-01` a date.",
        )
        .example(
            "definitions/settings.yaml",
            "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings}\ndata:\n  debug: on\n",
            "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings}\ndata:\n  debug: \"on\"\n",
        ),
    Rule::warning("yaml.quoted-indent", "a quoted text goes on at the column of its key")
        .because(
            "YAML wants the further lines of a quoted text indented deeper than the key that it belongs to. Some generators do not do so, and lenient readers \
             take the file all the same; strict ones refuse it. It is read as the lenient ones do. Indent the lines.",
        )
        .example(
            "metadata.yaml",
            "name: web\nversion: 1.0.0\ndescription: \"a shop\nfor all\"\n",
            "name: web\nversion: 1.0.0\ndescription: \"a shop\n  for all\"\n",
        ),
    Rule::error("yaml.limit.file-bytes", "the file is larger than allowed").because(
        "A catalog may come from anybody, and whoever loads it must not run out of memory. 8 MiB hold the largest bundle of CRDs that is \
         published several times over. Split the file; a service that means it can raise `Limits::file_bytes`.",
    ),
    Rule::error("yaml.limit.document-bytes", "a document is larger than allowed").because(
        "The API server takes no object above 3 MiB, so that a larger document could be loaded but never applied. Split it, or leave out what makes it large: \
         in CRDs that is the descriptions. `Limits::document_bytes` is the bound.",
    ),
    Rule::error("yaml.limit.depth", "lists and maps nest deeper than allowed").because(
        "No real object nests 128 deep; a text of a thousand brackets does, and is made to exhaust the stack of its readers. `Limits::depth` is the bound.",
    ),
    Rule::error("yaml.limit.nodes", "a document has more nodes than allowed").because(
        "Each node costs memory, and a short text can have very many. The largest published CRDs have some tens of thousands. Split the document; \
         `Limits::nodes` is the bound, 100,000.",
    ),
    Rule::error("yaml.limit.errors", "a file has more errors of YAML than are listed").because(
        "A file made of nothing but mistakes would take many times its size to tell of. After a thousand errors (`Limits::errors`) the rest of it is not \
         read; those that are listed are often the cause of the others.",
    ),
    Rule::error("yaml.limit.alias-expansion", "aliases expand to far more than the file").because(
        "Aliases of aliases multiply: ten lines can stand for a billion values (the \"billion laughs\"). What they expand to may be ten times the size of the \
         file. Write the values out, or use fewer aliases; `Limits::alias_expansion` is the bound.",
    ),
    Rule::error("yaml.limit.path-expansion", "keys so long, and above so much, that naming each value by its path takes far more than the file").because(
        "Whatever is said of a value names its path: all keys above it. One key of 100 KB above thousands of values would make gigabytes of that. In published \
         files the paths come to less than ten times the size; a hundred times may be. Shorten the key; `Limits::path_expansion` is the bound.",
    ),
];
