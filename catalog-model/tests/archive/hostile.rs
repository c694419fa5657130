//! Archives that mean harm are refused, in words that name what is wrong, and cost little.

use std::io::{self, Read};

use catalog_model::source::{ArchiveOptions, ArchiveSource, Source, SourceErrorKind};

use super::tarball::{Tarball, gzip};

fn refused(bytes: &[u8]) -> String {
    refused_with(bytes, &ArchiveOptions::default()).1
}

fn refused_with(bytes: impl Read, options: &ArchiveOptions) -> (SourceErrorKind, String) {
    let error = ArchiveSource::read(bytes, "c.tar", options).unwrap_err();
    assert_eq!(error.path(), "c.tar");
    (error.kind(), error.message().to_owned())
}

#[test]
fn names_that_lead_anywhere_are_refused() {
    let base = || Tarball::new().file("a/1.0/metadata.yaml", "name: a\n");
    for (tar, expected) in [
        (
            base().file("/etc/passwd", ""),
            "the name `/etc/passwd` in it is an absolute path: pack the folder with paths below it",
        ),
        (
            base().file("a/../../x", ""),
            "the name `a/../../x` in it has a part `..`, which may lead out of the archive",
        ),
        (
            base().folder(".."),
            "the name `..` in it has a part `..`, which may lead out of the archive",
        ),
        (
            base().long_name("../x").file("x", ""),
            "the name `../x` in it has a part `..`, which may lead out of the archive",
        ),
        (
            base().pax(&[("path", "/x")]).file("x", ""),
            "the name `/x` in it is an absolute path: pack the folder with paths below it",
        ),
        (
            base().pax(&[("path", "a\0b")]).file("x", ""),
            "the name `a\0b` in it has a byte NUL, which no file's name has",
        ),
        (
            base().long_name(&"x/".repeat(2100)).file("x", ""),
            "has more than 4096 bytes",
        ),
        (
            base().file("a/1.0/metadata.yaml", "name: b\n"),
            "`a/1.0/metadata.yaml` stands in it twice, and programs differ in which they take",
        ),
        (
            base().file("./a//1.0/./metadata.yaml", ""),
            "`a/1.0/metadata.yaml` stands in it twice, and programs differ in which they take",
        ),
        (
            base().link("a/1.0/metadata.yaml", "x"),
            "`a/1.0/metadata.yaml` stands in it twice, and programs differ in which they take",
        ),
        (
            base().file("a/1.0", ""),
            "`a/1.0` in it is a folder, and something else too",
        ),
        (
            base().file("a/1.0/metadata.yaml/x", ""),
            "`a/1.0/metadata.yaml` in it is a folder, and something else too",
        ),
        (
            base().link("b", "/etc").file("b/passwd", ""),
            "`b` in it is a folder, and something else too",
        ),
    ] {
        let told = refused(&tar.clone().finish());
        assert!(told.ends_with(expected), "{told}\n{expected}");
        assert_eq!(refused(&gzip(&tar.finish())), told);
    }
}

#[test]
fn what_programs_read_differently_is_refused() {
    let other_size = Tarball::new().pax(&[("size", "3")]).file("a", "1234");
    let sparse = Tarball::new()
        .pax(&[("GNU.sparse.major", "1")])
        .file("a", "");
    let gnu_sparse = Tarball::new().raw(b'S', b"a", b"", b"", 0);
    for tar in [other_size, sparse, gnu_sparse] {
        assert_eq!(
            refused(&tar.finish()),
            "`a` in it is packed in a way that is not read (sparse, or larger than 8 GiB)"
        );
    }
    let broken = Tarball::new()
        .raw(b'x', b"x", b"", b"9 path=a", 8)
        .file("a", "");
    assert_eq!(
        refused(&broken.finish()),
        "an extended header in it cannot be read"
    );
}

#[test]
fn an_archive_that_is_cut_off_is_refused_wherever_it_is_cut() {
    let tar = Tarball::new()
        .file("a/1.0/metadata.yaml", "name: a\n")
        .file("zeros", [0; 2000])
        .folder("last");
    let (open, closed) = (tar.clone().open(), tar.finish());
    for end in 0..=open.len() {
        let told = refused(&closed[..end]);
        assert!(
            told.contains("cut off") || told.contains("damaged"),
            "{end}: {told}"
        );
    }
    let packed = gzip(&closed);
    for end in 0..packed.len() {
        refused(&packed[..end]);
    }
    assert!(ArchiveSource::read(&packed[..], "c", &ArchiveOptions::default()).is_ok());
}

#[test]
fn a_flipped_bit_of_what_is_packed_is_noticed() {
    let text = "name: a\n".repeat(100);
    let packed = gzip(
        &Tarball::new()
            .file("a/1.0/metadata.yaml", text.as_str())
            .finish(),
    );
    // Behind the header of gzip, where a time and the like may be anything. Some bits of what is packed mean nothing.
    for at in 10..packed.len() {
        let mut damaged = packed.clone();
        damaged[at] ^= 0x10;
        match ArchiveSource::read(&damaged[..], "c", &ArchiveOptions::default()) {
            Ok(same) => assert_eq!(
                same.read("a/1.0/metadata.yaml", 1000).unwrap(),
                text.as_bytes()
            ),
            Err(error) => assert!(
                error.message().contains("damaged") || error.message().contains("cut off"),
                "{error}"
            ),
        }
    }
}

#[test]
fn what_is_no_tar_archive_is_told_apart() {
    for (bytes, expected) in [
        (&b"PK\x03\x04...."[..], "this is a zip archive"),
        (&b"\xfd7zXZ\0..."[..], "this is packed with xz"),
        (&b"\x28\xb5\x2f\xfd..."[..], "this is packed with zstd"),
        (&b"BZh9..."[..], "this is packed with bzip2"),
    ] {
        assert!(refused(bytes).starts_with(expected), "{}", refused(bytes));
    }
    assert_eq!(refused(b""), "the archive ends early: it is cut off");
    assert!(refused(&[b'x'; 2000]).starts_with("this is no tar archive, or a damaged one"));
    let behind_zeros = [gzip(&Tarball::new().finish()), vec![0; 512], vec![b'x']].concat();
    let told = refused(&behind_zeros);
    assert!(
        told.ends_with("something stands behind the zeros after it"),
        "{told}"
    );
    assert!(refused(&gzip(&[b'x'; 2000])).starts_with("this is no tar archive, or a damaged one"));
    // What stands in such a file is nobody's business: it may be a secret that was named by mistake.
    let secret = b"password: hunter2\n".repeat(200);
    for bytes in [secret.clone(), gzip(&secret)] {
        let error = ArchiveSource::read(&bytes[..], "c.tar", &ArchiveOptions::default());
        let error = error.unwrap_err();
        let mut next: Option<&dyn std::error::Error> = Some(&error);
        while let Some(told) = next {
            assert!(!format!("{told} {told:?}").contains("hunter2"), "{told}");
            next = told.source();
        }
    }
}

/// So many zeros packed, without ever being in memory.
fn bomb(before: &[u8], zeros: u64) -> Vec<u8> {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    io::copy(&mut before.chain(io::repeat(0).take(zeros)), &mut packed).unwrap();
    packed.finish().unwrap()
}

fn header(kind: u8, size: u64) -> Vec<u8> {
    Tarball::new().raw(kind, b"a", b"", b"", size).open()
}

#[test]
fn bombs_go_off_at_the_limit() {
    let mut options = ArchiveOptions::default();
    (
        options.file_bytes,
        options.kept_bytes,
        options.unpacked_bytes,
    ) = (1 << 18, 1 << 20, 4 << 20);
    let size = 8 << 20;
    // A large file, names and extended headers that are large, and nothing but zeros behind the end.
    for kind in [b'0', b'L', b'K', b'x', b'g'] {
        let (error, told) = refused_with(&bomb(&header(kind, size), size)[..], &options);
        assert_eq!(error, SourceErrorKind::TooLarge, "{told}");
    }
    let (error, told) = refused_with(
        &bomb(&Tarball::new().file("a", "").open(), size)[..],
        &options,
    );
    assert_eq!(
        (error, told.as_str()),
        (
            SourceErrorKind::TooLarge,
            "it unpacks to more than the 4194304 bytes allowed"
        )
    );
    // Many small ones.
    let many = (0..5000)
        .fold(Tarball::new(), |tar, at| {
            tar.file(&format!("d/{at}"), [b'x'; 1000])
        })
        .finish();
    let (error, told) = refused_with(&gzip(&many)[..], &options);
    assert_eq!(
        (error, told.as_str()),
        (
            SourceErrorKind::TooLarge,
            "it holds more than the 1000000 members or the 1048576 bytes allowed"
        )
    );
    // One name for each of many copies.
    let copies = (0..10).fold(Tarball::new().file("a", [b'x'; 200_000]), |tar, at| {
        tar.hard_link(&format!("{at}"), "a")
    });
    assert_eq!(
        refused_with(&copies.finish()[..], &options).0,
        SourceErrorKind::TooLarge
    );
    options.members = 10;
    let deep = Tarball::new().file("a/b/c/d/e/f/g/h/i/j/k", "").finish();
    assert_eq!(
        refused_with(&deep[..], &options).0,
        SourceErrorKind::TooLarge
    );
}

#[test]
fn a_size_that_is_a_lie_costs_nothing() {
    for size in [1 << 32, 0o77777777777] {
        let told = refused(&Tarball::new().raw(b'0', b"a", b"", b"short", size).finish());
        assert!(
            told.contains("cut off") || told.contains("damaged"),
            "{told}"
        );
    }
    let mut huge = Tarball::new().file("a", "").finish();
    // As numbers too large for octal digits are written: all bits.
    huge[124..136].fill(0xff);
    refused(&huge);
}

#[test]
fn an_archive_that_cannot_be_read_on_says_so() {
    struct Failing;
    impl Read for Failing {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::Error::other("the network is down"))
        }
    }
    let tar = Tarball::new().file("a", "x").open();
    let (_, told) = refused_with(tar.chain(Failing), &ArchiveOptions::default());
    assert!(told.contains("the network is down"), "{told}");
}
