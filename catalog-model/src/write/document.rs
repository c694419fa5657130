//! Values as YAML in block style.

use std::borrow::Cow;
use std::vec::IntoIter;

use serde_json::Value;

use super::scalar;
use super::tree::{Fields, Tree, sorted};

/// Longer keys are written behind `?`: YAML ends a key without it after 1024 characters.
const LONGEST_KEY: usize = 512;

/// A value as one YAML document.
///
/// Keys are sorted; texts that a reader could take for something else are quoted; texts of several lines become literal blocks. What comes
/// back through [`Node::to_json`](crate::document::Node::to_json) equals `value`, but for numbers such as `1.0`, which Kubernetes' tools read
/// as 1. Cost: linear in the size of the value (and n log n in the keys of one map); any depth is written.
///
/// ```
/// use serde_json::json;
/// let config = json!({"kind": "ConfigMap", "apiVersion": "v1", "data": {"enabled": "yes", "mode": "0644", "run": "a\nb\n"}});
/// assert_eq!(
///     catalog_model::write::document(&config),
///     "apiVersion: v1\ndata:\n  enabled: \"yes\"\n  mode: \"0644\"\n  run: |\n    a\n    b\nkind: ConfigMap\n"
/// );
/// ```
#[must_use]
pub fn document(value: &Value) -> String {
    write(Tree::Value(value))
}

/// Several values as the documents of one file, with `---` between them.
#[must_use]
pub fn documents<'v>(values: impl IntoIterator<Item = &'v Value>) -> String {
    let written: Vec<String> = values.into_iter().map(document).collect();
    written.join("---\n")
}

/// A tree as a document.
pub(super) fn write(tree: Tree<'_>) -> String {
    let mut writer = Writer {
        out: String::new(),
        open: Vec::new(),
    };
    writer.value(tree, Place::Start);
    while let Some(level) = writer.open.last_mut() {
        let (indent, first) = (level.indent, std::mem::take(&mut level.beside_parent));
        match level.items.next() {
            None => {
                writer.open.pop();
            }
            Some(item) => writer.item(item, indent, first),
        }
    }
    writer.out
}

/// A list or map that is being written. Levels are kept here and not on the call stack: values can nest as deep as they like.
struct Level<'a> {
    indent: usize,
    /// Whether its first item goes on in the line that its parent began, as in `- key: value`.
    beside_parent: bool,
    items: Items<'a>,
}

enum Items<'a> {
    List(IntoIter<Tree<'a>>),
    Map(IntoIter<(Cow<'a, str>, Tree<'a>)>),
}

enum Item<'a> {
    Listed(Tree<'a>),
    Keyed(Cow<'a, str>, Tree<'a>),
}

impl<'a> Items<'a> {
    fn next(&mut self) -> Option<Item<'a>> {
        match self {
            Self::List(items) => items.next().map(Item::Listed),
            Self::Map(entries) => entries.next().map(|(key, value)| Item::Keyed(key, value)),
        }
    }
}

/// What a value comes after, with the indentation of that.
#[derive(Clone, Copy)]
enum Place {
    Start,
    /// `key:`, with nothing behind it yet.
    Key(usize),
    /// `- ` or `: `.
    Dash(usize),
}

struct Writer<'a> {
    out: String,
    open: Vec<Level<'a>>,
}

impl<'a> Writer<'a> {
    fn item(&mut self, item: Item<'a>, indent: usize, beside_parent: bool) {
        if !beside_parent {
            self.indent(indent);
        }
        match item {
            Item::Listed(value) => {
                self.out.push_str("- ");
                self.value(value, Place::Dash(indent));
            }
            Item::Keyed(key, value) => {
                let key = scalar::inline(&key);
                if key.len() > LONGEST_KEY {
                    self.out.push_str("? ");
                    self.line(&key);
                    self.indent(indent);
                    self.out.push_str(": ");
                    self.value(value, Place::Dash(indent));
                } else {
                    self.out.push_str(&key);
                    self.out.push(':');
                    self.value(value, Place::Key(indent));
                }
            }
        }
    }

    fn value(&mut self, tree: Tree<'a>, place: Place) {
        match tree {
            Tree::Text(text) => self.text(&text, place),
            Tree::Plain(text) => self.scalar(text, place),
            Tree::Value(Value::String(text)) => self.text(text, place),
            Tree::Value(Value::Null) => self.scalar("null", place),
            Tree::Value(Value::Bool(value)) => {
                self.scalar(if *value { "true" } else { "false" }, place)
            }
            Tree::Value(Value::Number(number)) => self.scalar(&number.to_string(), place),
            Tree::Value(Value::Array(items)) => {
                self.list(items.iter().map(Tree::Value).collect(), place)
            }
            Tree::Value(Value::Object(map)) => self.map(sorted(map), place),
            Tree::List(items) => self.list(items, place),
            Tree::Fields(fields) => self.map(fields, place),
        }
    }

    fn list(&mut self, items: Vec<Tree<'a>>, place: Place) {
        if items.is_empty() {
            return self.scalar("[]", place);
        }
        // The items of a list stand in their key's column, as kubectl and Helm write them.
        let indent = match place {
            Place::Start => 0,
            Place::Key(indent) => indent,
            Place::Dash(indent) => indent + 2,
        };
        self.open(indent, place, Items::List(items.into_iter()));
    }

    fn map(&mut self, fields: Fields<'a>, place: Place) {
        if fields.entries.is_empty() {
            return self.scalar("{}", place);
        }
        let indent = match place {
            Place::Start => 0,
            Place::Key(indent) | Place::Dash(indent) => indent + 2,
        };
        self.open(indent, place, Items::Map(fields.entries.into_iter()));
    }

    fn open(&mut self, indent: usize, place: Place, items: Items<'a>) {
        if let Place::Key(_) = place {
            self.out.push('\n');
        }
        self.open.push(Level {
            indent,
            beside_parent: matches!(place, Place::Dash(_)),
            items,
        });
    }

    fn text(&mut self, text: &str, place: Place) {
        let Some((sign, lines)) = scalar::block(text) else {
            return self.scalar(&scalar::inline(text), place);
        };
        self.scalar(sign, place);
        let indent = match place {
            Place::Start => 2,
            Place::Key(indent) | Place::Dash(indent) => indent + 2,
        };
        for line in lines {
            if !line.is_empty() {
                self.indent(indent);
            }
            self.line(line);
        }
    }

    fn scalar(&mut self, text: &str, place: Place) {
        if let Place::Key(_) = place {
            self.out.push(' ');
        }
        self.line(text);
    }

    fn line(&mut self, text: &str) {
        self.out.push_str(text);
        self.out.push('\n');
    }

    fn indent(&mut self, indent: usize) {
        self.out.extend(std::iter::repeat_n(' ', indent));
    }
}
