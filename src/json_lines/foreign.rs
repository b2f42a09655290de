//! Files of other kinds where lines of JSON are expected, told by how they begin.

/// What a file is that begins like this and holds no JSON, and what to do with it.
pub(super) fn foreign(start: &[u8]) -> Option<(&'static str, &'static str)> {
    const NOT_THE_FILE: &str = "the file itself is behind another address; download that";
    const UNPACK: &str = "unpack it, and give the file that is in it";
    const KINDS: [(&[u8], &str, &str); 11] = [
        (b"version https://git-lfs", "a pointer of Git LFS", "fetch the file itself (git lfs pull)"),
        (b"<", "a web page or XML", NOT_THE_FILE),
        (b"PK\x03\x04", "a zip archive", UNPACK),
        (b"\x1f\x8b", "compressed twice", UNPACK),
        (b"\x28\xb5\x2f\xfd", "compressed twice", UNPACK),
        (b"BZh", "compressed with bzip2", UNPACK),
        (b"\xfd7zXZ", "compressed with xz", UNPACK),
        (b"PAR1", "Parquet", "write it as JSON lines, one object a line"),
        (b"ARROW1", "Arrow", "write it as JSON lines, one object a line"),
        (b"\xff\xfe", "text in UTF-16 or UTF-32", "save it in UTF-8"),
        (b"\xfe\xff", "text in UTF-16 or UTF-32", "save it in UTF-8"),
    ];
    const TAR: std::ops::Range<usize> = 257..262;
    if let Some((_, what, advice)) = KINDS.iter().find(|(magic, ..)| start.starts_with(magic)) {
        return Some((what, advice));
    }
    if start.get(TAR) == Some(b"ustar") {
        return Some(("a tar archive", UNPACK));
    }
    let header = str::from_utf8(start).ok()?.trim_start_matches('\u{feff}').trim();
    let is_name = |cell: &str| {
        let cell = cell.trim().trim_matches('"');
        !cell.is_empty() && cell.chars().all(|one| one.is_alphanumeric() || "_- .".contains(one))
    };
    let is_table = |separator: char| header.contains(separator) && header.split(separator).all(is_name);
    [',', '\t', ';'].into_iter().any(is_table).then_some((
        "a table with a header, as CSV is",
        "write each row as a JSON object on a line of its own",
    ))
}
