//! Keys to file names that are safe on every system, and back.
//!
//! One rule everywhere, so that the same key gives the same name on every computer and on every disk that is carried
//! between them. A name that was changed says so with `%XX` and can be changed back:
//!
//! 1. `.`, `..`, control characters, `<>:"|?*\`, a dot or space at the end, and the first letter of a name that Windows
//!    keeps for a device (`CON`, `nul.txt`) are written `%XX`.
//! 2. `%` itself is written `%25` only where it would be misread: before two hex digits, or at the end.
//! 3. A part of a key with nothing in it (`a//b`, `/a`) is `%`.
//! 4. A part longer than 230 bytes is a row of folders that end in `%`, because no usual disk takes more than 255.

use std::path::PathBuf;

/// The longest name: 255 bytes are allowed, less the 13 of a temporary name's ends and the 12 of ` (1234567)`.
const LONGEST: usize = 230;

/// The path that a key becomes, relative to a folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LocalName {
    /// Folders and file name, each safe by itself.
    pub components: Vec<String>,
    /// Whether the key ends in `/`: the marker of a folder.
    pub is_folder: bool,
}

impl LocalName {
    /// The path below the chosen folder.
    pub fn to_path(&self) -> PathBuf {
        self.components.iter().collect()
    }

    /// The key that this is the name of.
    pub fn to_key(&self) -> String {
        let mut encoded = String::new();
        for component in &self.components {
            match component.strip_suffix('%') {
                Some("") => encoded.push('/'),
                Some(begun) => encoded.push_str(begun),
                None => {
                    encoded.push_str(component);
                    encoded.push('/');
                }
            }
        }
        if !self.is_folder {
            encoded.pop();
        }
        decode(&encoded)
    }

    /// The name for a folder's marker that holds data and so must be a file: it stands inside that folder.
    pub(crate) fn into_file(mut self) -> Self {
        if self.is_folder {
            self.components.push("%".to_owned());
            self.is_folder = false;
        }
        self
    }
}

/// The safe relative path of a key. An empty key is the folder itself.
pub fn local_name(key: &str) -> LocalName {
    let is_folder = key.is_empty() || key.ends_with('/');
    let inner = key.strip_suffix('/').unwrap_or(key);
    let mut components = Vec::new();
    if !key.is_empty() {
        inner.split('/').for_each(|part| push_component(&mut components, part));
    }
    LocalName { components, is_folder }
}

/// `photo (2).jpg` for `photo.jpg`.
pub(crate) fn numbered(name: &str, number: u32) -> String {
    match name.rfind('.') {
        Some(dot) if dot > 0 => format!("{} ({number}){}", &name[..dot], &name[dot..]),
        _ => format!("{name} ({number})"),
    }
}

fn push_component(components: &mut Vec<String>, part: &str) {
    let mut rest = encode(part);
    loop {
        if is_device(&rest) {
            rest = escape_first(&rest);
        }
        if rest.len() <= LONGEST {
            return components.push(rest);
        }
        let tail = rest.split_off(cut_at(&rest));
        components.push(rest + "%");
        rest = tail;
    }
}

/// Where to cut a long name: between characters and not inside of a `%XX`.
fn cut_at(text: &str) -> usize {
    let cut = text.floor_char_boundary(LONGEST - 1);
    let escape = text[..cut].rfind('%').filter(|at| cut - at < 3);
    escape.unwrap_or(cut)
}

fn encode(part: &str) -> String {
    match part {
        "" => return "%".to_owned(),
        "." => return "%2E".to_owned(),
        ".." => return "%2E%2E".to_owned(),
        _ => {}
    }
    let mut encoded = String::with_capacity(part.len());
    for (at, character) in part.char_indices() {
        let rest = &part[at + character.len_utf8()..];
        let must = match character {
            '<' | '>' | ':' | '"' | '|' | '?' | '*' | '\\' => true,
            '%' => rest.is_empty() || is_hex_pair(rest),
            '.' | ' ' => rest.is_empty(),
            other => other.is_ascii_control(),
        };
        if must {
            escape(character, &mut encoded);
        } else {
            encoded.push(character);
        }
    }
    encoded
}

fn escape(character: char, into: &mut String) {
    let mut bytes = [0; 4];
    for byte in character.encode_utf8(&mut bytes).bytes() {
        into.push('%');
        for nibble in [byte >> 4, byte & 15] {
            into.extend(char::from_digit(u32::from(nibble), 16).map(|digit| digit.to_ascii_uppercase()));
        }
    }
}

fn escape_first(name: &str) -> String {
    let mut characters = name.chars();
    let mut escaped = String::new();
    characters
        .next()
        .into_iter()
        .for_each(|first| escape(first, &mut escaped));
    escaped + characters.as_str()
}

fn is_hex_pair(text: &str) -> bool {
    text.len() >= 2 && text.bytes().take(2).all(|byte| byte.is_ascii_hexdigit())
}

/// Whether Windows opens a device under this name, whatever its extension.
fn is_device(name: &str) -> bool {
    let stem = name
        .split('.')
        .next()
        .unwrap_or_default()
        .trim_end_matches(' ')
        .to_ascii_uppercase();
    let numbered = |stem: &str| {
        let digit = stem.strip_prefix("COM").or_else(|| stem.strip_prefix("LPT"));
        digit.is_some_and(|digit| {
            matches!(digit.chars().next(), Some('0'..='9' | '¹' | '²' | '³')) && digit.chars().count() == 1
        })
    };
    matches!(stem.as_str(), "CON" | "PRN" | "AUX" | "NUL" | "CONIN$" | "CONOUT$") || numbered(&stem)
}

fn decode(encoded: &str) -> String {
    let mut bytes = Vec::with_capacity(encoded.len());
    let mut rest = encoded.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let pair = after.get(..2).and_then(|pair| std::str::from_utf8(pair).ok());
        let escaped = pair
            .filter(|pair| *first == b'%' && is_hex_pair(pair))
            .and_then(|pair| u8::from_str_radix(pair, 16).ok());
        bytes.push(escaped.unwrap_or(*first));
        rest = if escaped.is_some() { &after[2..] } else { after };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use std::path::{Component, Path};

    use proptest::prelude::*;

    use super::*;

    fn path(key: &str) -> String {
        local_name(key).components.join("/")
    }

    #[test]
    fn plain_keys_keep_their_names() {
        for key in [
            "hello.txt",
            "2026/été/名前.jpg",
            "100% sure.txt",
            "50%off",
            "a b+c",
            ".hidden",
            "a.tar.gz",
            "#;&=~",
        ] {
            assert_eq!(path(key), key);
        }
    }

    #[test]
    fn k01_what_no_disk_should_see_is_written_in_hex() {
        let table = [
            ("..", "%2E%2E"),
            (".", "%2E"),
            ("../../x", "%2E%2E/%2E%2E/x"),
            ("/abs", "%/abs"),
            ("a//b", "a/%/b"),
            ("//", "%/%"),
            ("C:\\x", "C%3A%5Cx"),
            ("\\\\host\\share", "%5C%5Chost%5Cshare"),
            ("a\0b\n", "a%00b%0A"),
            ("CON", "%43ON"),
            ("nul.txt", "%6Eul.txt"),
            ("com¹", "%63om¹"),
            ("aux .c", "%61ux .c"),
            ("COM10", "COM10"),
            ("dot.", "dot%2E"),
            ("space ", "space%20"),
            ("%41", "%2541"),
            ("100%", "100%25"),
            ("%", "%25"),
            ("a:b", "a%3Ab"),
        ];
        for (key, name) in table {
            assert_eq!(path(key), name, "{key:?}");
            assert_eq!(local_name(key).to_key(), key);
        }
    }

    #[test]
    fn k08_a_marker_is_a_folder_unless_it_holds_data() {
        let marker = local_name("a/b/");
        assert_eq!((marker.to_path(), marker.is_folder), (PathBuf::from("a/b"), true));
        assert_eq!(marker.to_key(), "a/b/");
        let file = marker.into_file();
        assert_eq!(
            (file.to_path(), file.to_key()),
            (PathBuf::from("a/b/%"), "a/b/".to_owned())
        );
        assert!(local_name("").is_folder && local_name("").components.is_empty());
    }

    /// K3: every device, however it is spelled, and every character that Windows takes for something else.
    #[test]
    fn k03_no_name_opens_a_device_or_a_stream() {
        let devices = ["CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$"]
            .map(str::to_owned)
            .into_iter();
        let numbered = ["COM", "LPT"]
            .into_iter()
            .flat_map(|device| "0123456789¹²³".chars().map(move |digit| format!("{device}{digit}")));
        let devices = devices.chain(numbered).flat_map(|name| [name.to_lowercase(), name]);
        let mut names: Vec<String> = devices
            .flat_map(|name| ["", ".txt", " ", ".", " .c", "..", ":stream"].map(|ending| format!("{name}{ending}")))
            .collect();
        for special in ['<', '>', ':', '"', '|', '?', '*', '\\', '\0', '\u{1f}', '\u{7f}'] {
            names.extend([format!("{special}"), format!("a{special}b"), format!("a{special}")]);
        }
        names.extend([
            "x".repeat(256),
            "é".repeat(200),
            "𝄞".repeat(130),
            "a.".repeat(200),
            " ".repeat(300),
        ]);
        assert!(names.len() >= 400, "{}", names.len());
        for key in names {
            let name = local_name(&key);
            assert_eq!(name.to_key(), key);
            for part in &name.components {
                assert!(
                    !is_device(part) && part.encode_utf16().count() <= 255,
                    "{key:?} is {part:?}"
                );
                let forbidden = |character: char| "<>:\"|?*\\/".contains(character) || character.is_ascii_control();
                assert!(
                    !part.contains(forbidden) && !part.ends_with(['.', ' ']),
                    "{key:?} is {part:?}"
                );
            }
        }
    }

    #[test]
    fn long_names_become_folders() {
        let key = format!("{}.txt", "長".repeat(200));
        let name = local_name(&key);
        assert!(name.components.len() > 2 && name.components.iter().all(|part| part.len() <= LONGEST));
        assert_eq!(name.to_key(), key);
        let device = local_name(&format!("nul.{}", "x".repeat(300)));
        assert!(
            device.components[0].starts_with("%6Eul."),
            "a long device is a device too"
        );
    }

    #[test]
    fn numbers_stand_before_the_extension() {
        assert_eq!(numbered("photo.jpg", 2), "photo (2).jpg");
        assert_eq!(numbered(".profile", 3), ".profile (3)");
    }

    fn hostile_key() -> impl Strategy<Value = String> {
        let piece = prop_oneof![
            "[a%./ \\\\:é名\u{0}\u{1f}0-9A-F]{1,6}",
            proptest::sample::select(vec![
                "..", "CON", "nul.txt", "lpt1", "%2e", "%", "//", ".", " ", "C:", "COM¹.x"
            ])
            .prop_map(str::to_owned),
            ("[%éab.]{1,5}", 50_usize..150).prop_map(|(piece, times)| piece.repeat(times)),
            any::<String>(),
        ];
        proptest::collection::vec(piece, 1..6).prop_map(|pieces| pieces.concat())
    }

    /// Up to the 1,024 bytes of a key: four-byte characters, right-to-left, invisible ones, marks that turn text around.
    /// Made from one number each: a tree of proptest's for every character would take minutes.
    fn long_key(mut seed: u64, length: usize) -> String {
        const FIRST: [u32; 6] = [0x1_0000, 0x590, 0x200b, 0x2066, 0xfff0, 0x2e];
        let mut key = String::new();
        while key.len() < length {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            let random = u32::try_from(seed >> 33).unwrap_or_default();
            let group = FIRST[random as usize % FIRST.len()];
            let span = if group == 0x1_0000 { 0xf_0000 } else { 16 };
            key.extend(char::from_u32(group + random / 6 % span));
        }
        key.truncate(key.floor_char_boundary(length));
        key
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(10_000))]
        #[test]
        fn k05_long_keys_of_any_script_come_back(seed in any::<u64>(), length in 1_usize..=1024) {
            let key = long_key(seed, length);
            let name = local_name(&key);
            prop_assert_eq!(name.to_key(), key);
            prop_assert!(name.components.iter().all(|part| part.len() <= LONGEST));
        }

        #[test]
        fn k01_every_key_comes_back_and_none_leaves_the_folder(key in hostile_key()) {
            let name = local_name(&key);
            prop_assert_eq!(name.to_key(), key);
            for component in &name.components {
                let parts: Vec<_> = Path::new(component).components().collect();
                prop_assert!(matches!(parts.as_slice(), [Component::Normal(only)] if *only == component.as_str()), "{}", component);
                prop_assert!(component.len() <= LONGEST && !component.ends_with(['.', ' ']) && !is_device(component));
                prop_assert!(!component.contains(['/', '\\', ':', '\0']));
            }
        }
    }
}
