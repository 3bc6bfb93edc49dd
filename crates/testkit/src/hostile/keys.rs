//! Object keys, from the odd to the absurd. All are legal: 1 to 1,024 bytes of UTF-8 without NUL.

use std::collections::BTreeSet;

/// The longest key S3 allows, in bytes.
const LONGEST: usize = 1024;

/// Over 220 keys, each once, in a fixed order.
pub fn keys() -> Vec<String> {
    let groups = [
        own(PUNCTUATION),
        own(ENCODED),
        own(PATHS),
        own(MARKUP),
        own(LANGUAGES),
        own(LOOK_ALIKES),
        own(SYSTEMS),
        own(NUMBERS),
        around_every_punctuation_mark(),
        control_characters(),
        invisible_characters(),
        long(),
    ];
    let mut seen = BTreeSet::new();
    groups
        .into_iter()
        .flatten()
        .filter(|key| seen.insert(key.clone()))
        .collect()
}

const PUNCTUATION: &[&str] = &[
    " ",
    "  ",
    " leading space",
    "trailing space ",
    "two  spaces",
    "a b+c/é//x.txt",
    "+",
    "a+b",
    "a%2Bb",
    "#?%&",
    "?",
    "??",
    "a?b=c&d=e",
    "#",
    "a#fragment",
    "=",
    "a=b",
    "*",
    "**/*.txt",
    "~",
    "~user",
    "~/.profile",
    "!",
    "$",
    "$HOME",
    "${HOME}",
    "$(date)",
    "`date`",
    "(parentheses)",
    "[brackets]",
    "{braces}",
    "{a,b}",
    "@",
    "user@host",
    ",",
    ";",
    "a;b",
    ":",
    "c:d",
    "'",
    "''",
    "it's",
    "\"",
    "\"quoted\"",
    "a\"b'c",
    "|",
    "a|b",
    "^",
    "-",
    "--",
    "-rf",
    "--help",
    "_",
    "__proto__",
    "&",
    "a&b",
    "100%.txt",
    "50% off.txt",
    "«guillemets»",
    "“curly”",
    "a…b",
    "€",
    "£100",
    "½",
    "™",
    "§ 12",
];

const ENCODED: &[&str] = &[
    "%",
    "%%",
    "%2",
    "%2F",
    "a%2Fb",
    "%2f",
    "%252F",
    "%00",
    "%0A",
    "%20",
    "a%20b",
    "%E2%82%AC",
    "%C3%28",
    "%zz",
    "%u0041",
    "&amp;",
    "&lt;b&gt;",
    "&#0;",
    "&#x1F600;",
    "\\u0041",
    "\\n",
    "\\x00",
    "=?UTF-8?B?w6k=?=",
    "+%2B+",
];

const PATHS: &[&str] = &[
    "a",
    "a/b",
    "a/b/c",
    "a/",
    "a//",
    "a//b",
    "a/b/",
    "/",
    "//",
    "///",
    "/a",
    "//a",
    "/a/",
    ".",
    "..",
    "...",
    "./a",
    "../a",
    "a/.",
    "a/..",
    "a/./b",
    "a/../b",
    "a/../../b",
    "/../etc/passwd",
    "../../../../etc/passwd",
    ".hidden",
    "a/.hidden/b",
    "folder_$folder$",
    "a.",
    "a..b",
    ".a.",
    "file.tar.gz",
    "no-extension",
    "UPPER/lower",
    "upper/LOWER",
    "\\",
    "a\\b",
    "\\\\server\\share",
    "C:\\Windows\\system32",
    "C:/Windows",
    "file:///etc/passwd",
    "http://example.com/a?b#c",
    "s3://b/k",
    "a/b/c/d/e/f/g/h/i/j/k/l/m/n/o/p/q/r/s/t/u/v/w/x/y/z",
    "soap/",
    "?acl",
    "?uploads",
    "a?versionId=null",
    "acl",
    "index.html",
    "favicon.ico",
    "robots.txt",
    ".git/config",
    ".well-known/x",
];

const MARKUP: &[&str] = &[
    "<",
    ">",
    "</",
    "<>",
    "<b>",
    "<script>alert(1)</script>",
    "</Key>",
    "</Key><Key>other",
    "]]>",
    "<![CDATA[x]]>",
    "<!-- comment -->",
    "<?xml version=\"1.0\"?>",
    "<!DOCTYPE a [<!ENTITY b \"c\">]>",
    "&b;",
    "{\"a\": [1, null]}",
    "{}",
    "[]",
    "null",
    "undefined",
    "true",
    "NaN",
    "'; DROP TABLE objects; --",
    "1 OR 1=1",
    "%s%s%n",
    "%d",
    "{0}",
    "{{7*7}}",
    "<%= 1 %>",
    "=1+1",
    "@SUM(A1)",
    "a,b,\"c\"",
    "key: value",
    "- item",
    "#!/bin/sh",
    "\u{feff}bom.txt",
];

const LANGUAGES: &[&str] = &[
    "名前",
    "日本語/フォルダ/ファイル.txt",
    "한국어",
    "Ελληνικά",
    "Русский файл.txt",
    "ไทย",
    "हिन्दी",
    "தமிழ்",
    "עברית.txt",
    "العربية.txt",
    "mixed עברית and English.txt",
    "ﷺ",
    "é",
    "e\u{301}",
    "Å",
    "A\u{30a}",
    "\u{212b}",
    "ñandú",
    "n\u{303}andu\u{301}",
    "straße",
    "STRASSE",
    "ﬁle",
    "file",
    "İstanbul",
    "ıstanbul",
    "ΌΣΟΣ",
    "όσος",
    "😀",
    "👩‍👩‍👧‍👦",
    "🏳️‍🌈",
    "🇦🇹",
    "👍🏽",
    "1️⃣",
    "𝕱𝖗𝖆𝖐𝖙𝖚𝖗",
    "𠜎",
    "Z̸̡̛͉a̵͓͝l̶̰̈g̷̙̀o̴͎͑",
    "\u{ac00}",
    "\u{1100}\u{1161}",
    "ǅ",
    "ŉ",
];

const LOOK_ALIKES: &[&str] = &[
    "paypal.txt",
    "pаypal.txt",
    "раураl.txt",
    "rn.txt",
    "m.txt",
    "l1I|.txt",
    "O0.txt",
    "Ο0.txt",
    "a/b",
    "a∕b",
    "a⁄b",
    "a／b",
    "．．／a",
    "a‐b",
    "a‑b",
    "a–b",
    "a—b",
    "a\u{a0}b",
    "a\u{2003}b",
    "a\u{3000}b",
    "a\u{2028}b",
    "a\u{2029}b",
    "a\u{85}b",
];

const SYSTEMS: &[&str] = &[
    "CON",
    "con.txt",
    "PRN",
    "AUX",
    "NUL",
    "nul.txt",
    "COM1",
    "COM¹",
    "LPT9",
    "CONIN$",
    "CLOCK$",
    "desktop.ini",
    "Thumbs.db",
    ".DS_Store",
    "._resource",
    "Icon\r",
    "a.lnk",
    "a.url",
    "name.txt:stream",
    "name.txt::$DATA",
    "a. ",
    "a .",
    "trailing.dot.",
    "a<b>c:d\"e|f?g*h",
    "lost+found",
    "core",
    "a.part",
    "a.tmp",
    ".nfs0001",
    "__MACOSX/._a",
];

const NUMBERS: &[&str] = &[
    "0",
    "00",
    "1",
    "10",
    "2",
    "-1",
    "1e9",
    "0x10",
    "1.0",
    "1,000",
    "9007199254740993",
    "18446744073709551616",
    "1970-01-01",
    "2024-02-30T25:61:61Z",
    "Infinity",
    "+0",
    "file (1).txt",
    "file (10).txt",
    "file (2).txt",
];

fn own(keys: &[&str]) -> Vec<String> {
    keys.iter().map(ToString::to_string).collect()
}

/// Each ASCII punctuation mark before, inside and after a name.
fn around_every_punctuation_mark() -> Vec<String> {
    let marks = (b'!'..=b'~').map(char::from).filter(char::is_ascii_punctuation);
    marks
        .map(|mark| format!("{mark}mark{mark}of {mark}{mark}the/name{mark}"))
        .collect()
}

/// XML 1.0 cannot hold most of these, not even escaped.
fn control_characters() -> Vec<String> {
    let all = (1..0x20_u8).chain([0x7f]).map(char::from).chain(['\u{80}', '\u{9f}']);
    let mut keys: Vec<String> = all.map(|control| format!("control-{control}-character")).collect();
    keys.extend(
        [
            "\t",
            "\n",
            "\r\n",
            "line one\nline two\r\nline three",
            "\u{1b}[31mred\u{1b}[0m",
            "ring\u{7}",
        ]
        .map(String::from),
    );
    keys
}

/// Characters that show nothing, or turn what follows around.
fn invisible_characters() -> Vec<String> {
    let invisible = [
        '\u{ad}',
        '\u{34f}',
        '\u{61c}',
        '\u{180e}',
        '\u{200b}',
        '\u{200c}',
        '\u{200d}',
        '\u{200e}',
        '\u{200f}',
        '\u{202a}',
        '\u{202b}',
        '\u{202c}',
        '\u{202d}',
        '\u{202e}',
        '\u{2060}',
        '\u{2066}',
        '\u{2067}',
        '\u{2068}',
        '\u{2069}',
        '\u{feff}',
        '\u{fff9}',
        '\u{fffc}',
        '\u{fffd}',
        '\u{e000}',
        '\u{fffe}',
        '\u{ffff}',
        '\u{10ffff}',
        '\u{e0041}',
    ];
    let mut keys: Vec<String> = invisible
        .iter()
        .map(|character| format!("invoice{character}gpj.exe"))
        .collect();
    keys.push("\u{202e}".into());
    keys.push("\u{200b}".into());
    keys
}

/// Keys of the greatest length, and one byte less, in characters of one to four bytes.
fn long() -> Vec<String> {
    let fill = |unit: &str, bytes: usize| {
        let whole = unit.repeat(bytes / unit.len());
        let rest = "x".repeat(bytes - whole.len());
        whole + &rest
    };
    let mut keys: Vec<String> = ["a", "é", "名", "😀", "%", " ", "/", "a/", "dots.", "\u{1}"]
        .map(|unit| fill(unit, LONGEST))
        .to_vec();
    keys.push(fill("a", LONGEST - 1));
    keys.push(fill("b", 256));
    keys.push(format!("{}/{}", fill("c", 255), fill("d", 255)));
    keys.push(format!("very.{}long.txt", "very.".repeat(60)));
    keys
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use unicode_normalization::UnicodeNormalization as _;

    use super::*;

    #[test]
    fn there_are_more_than_220_and_each_is_there_once() {
        let keys = keys();
        let unique: BTreeSet<&String> = keys.iter().collect();
        assert!(unique.len() >= 220, "{}", unique.len());
        assert_eq!(unique.len(), keys.len());
    }

    #[test]
    fn all_are_legal() {
        for key in keys() {
            assert!((1..=LONGEST).contains(&key.len()) && !key.contains('\0'), "{key:?}");
        }
    }

    #[test]
    fn the_hard_families_are_there() {
        let keys: BTreeSet<String> = keys().into_iter().collect();
        for key in [
            "a",
            "a/b",
            "a/",
            "a//b",
            "/",
            "/a",
            ".",
            "..",
            "%2F",
            "100%.txt",
            "a b+c/é//x.txt",
            "\\",
            "~",
            "*",
        ] {
            assert!(keys.contains(key), "{key:?}");
        }
        for control in (1..0x20_u8).chain([0x7f]).map(char::from) {
            assert!(keys.iter().any(|key| key.contains(control)), "{control:?}");
        }
        let longest = keys.iter().filter(|key| key.len() == LONGEST);
        assert!(longest.clone().any(|key| key.is_ascii()) && longest.clone().any(|key| !key.is_ascii()));
    }

    #[test]
    fn some_differ_only_in_their_normal_form_or_their_case() {
        let keys = keys();
        let composed: BTreeSet<String> = keys.iter().map(|key| key.nfc().collect()).collect();
        assert!(composed.len() + 3 <= keys.len());
        let lower: BTreeSet<String> = keys.iter().map(|key| key.to_lowercase()).collect();
        assert!(lower.len() < keys.len());
        assert!(keys.iter().max_by_key(|key| key.len()).unwrap().len() == LONGEST);
    }
}
