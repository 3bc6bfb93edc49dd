//! Names as they are shown. A key may hold anything; what the eye cannot see or the terminal would obey becomes a marker
//! (`␣`, `\x07`, `\u202E`, "(empty name)"), drawn as such and spoken by a screen reader.
//!
//! The one idea: showing never changes a name. Every marker stands beside the exact key, and all actions use the key.

use unicode_normalization::is_nfc;

/// The words shown for a segment that holds nothing, as between the slashes of `a//b`.
pub(crate) const EMPTY_NAME: &str = "(empty name)";

/// A stretch of a shown name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamePart {
    /// The text to draw.
    pub text: String,
    /// Whether the text is a marker that stands for something invisible, rather than the name's own characters.
    pub odd: bool,
}

/// The parts to draw for `name`, in order: never empty, and without a single invisible or control character.
///
/// Slashes separate segments, as in the flat view; a trailing slash (a folder's own) does not make an empty segment.
pub(crate) fn name_parts(name: &str) -> Vec<NamePart> {
    let mut parts = Parts::default();
    if name.is_empty() {
        parts.odd(EMPTY_NAME.to_owned());
        return parts.0;
    }
    let segments: Vec<&str> = name.split('/').collect();
    let last = segments.len() - 1;
    for (index, segment) in segments.iter().enumerate() {
        if index > 0 {
            parts.plain('/');
        }
        if segment.is_empty() {
            if index < last || name == "/" {
                parts.odd(EMPTY_NAME.to_owned());
            }
            continue;
        }
        segment_parts(segment, &mut parts);
    }
    parts.0
}

/// The shown form of `name` as one string, for titles and sentences.
pub(crate) fn shown(name: &str) -> String {
    name_parts(name).into_iter().map(|part| part.text).collect()
}

/// `name` for a screen reader: the visible characters, then what is odd about it in words.
pub(crate) fn spoken(name: &str) -> String {
    if name.is_empty() {
        return "empty name".to_owned();
    }
    let plain: String = name_parts(name)
        .into_iter()
        .filter(|part| !part.odd)
        .map(|part| part.text)
        .collect();
    let mut words = vec![plain];
    if name.split('/').any(|segment| segment.starts_with(' ')) {
        words.push("leading space".to_owned());
    }
    if name.split('/').any(|segment| segment.ends_with(' ')) {
        words.push("trailing space".to_owned());
    }
    if has_empty_segment(name) {
        words.push("has an empty part".to_owned());
    }
    let mut seen = Vec::new();
    for odd in name
        .chars()
        .filter(|c| !seen_before(&mut seen, *c))
        .filter_map(spoken_character)
    {
        words.push(odd);
    }
    if !is_nfc(name) {
        words.push("decomposed".to_owned());
    }
    words.retain(|word| !word.is_empty());
    words.join(", ")
}

/// The tags beside a name: `//` for an empty segment in the key as it is shown, `decomposed` for a name that looks like
/// its composed twin and is another key.
pub(crate) fn tags(name: &str) -> Vec<String> {
    let mut tags = Vec::new();
    if name.is_empty() || has_empty_segment(name) {
        tags.push("//".to_owned());
    }
    if !is_nfc(name) {
        tags.push("decomposed".to_owned());
    }
    tags
}

/// Whether a character draws itself: no control, no direction trick, nothing of zero width.
pub(crate) fn is_visible(character: char) -> bool {
    !is_invisible(character)
}

#[derive(Default)]
struct Parts(Vec<NamePart>);

impl Parts {
    fn plain(&mut self, character: char) {
        match self.0.last_mut() {
            Some(part) if !part.odd => part.text.push(character),
            _ => self.0.push(NamePart {
                text: character.to_string(),
                odd: false,
            }),
        }
    }

    fn odd(&mut self, text: String) {
        self.0.push(NamePart { text, odd: true });
    }
}

fn segment_parts(segment: &str, parts: &mut Parts) {
    let characters: Vec<char> = segment.chars().collect();
    let leading = characters.iter().take_while(|c| **c == ' ').count();
    let trailing = characters.iter().rev().take_while(|c| **c == ' ').count();
    for (index, character) in characters.iter().copied().enumerate() {
        if character == ' ' && (index < leading || index >= characters.len() - trailing) {
            parts.odd("␣".to_owned());
        } else if is_invisible(character) && !joins_pictographs(&characters, index) {
            parts.odd(marker(character));
        } else {
            parts.plain(character);
        }
    }
}

fn has_empty_segment(name: &str) -> bool {
    name == "/" || name.starts_with('/') || name.contains("//")
}

fn seen_before(seen: &mut Vec<char>, character: char) -> bool {
    let known = seen.contains(&character);
    if !known && is_invisible(character) {
        seen.push(character);
    }
    known
}

/// `\x07` for what fits a byte, `\u202E` for the rest.
fn marker(character: char) -> String {
    match u32::from(character) {
        code if code < 0x100 => format!("\\x{code:02x}"),
        code => format!("\\u{code:04X}"),
    }
}

/// Characters that draw nothing, or change how others are drawn: controls, bidi controls, zero-width ones, fillers,
/// separators that look like spaces, and what Unicode keeps as no character at all.
fn is_invisible(character: char) -> bool {
    character.is_control()
        || matches!(
            u32::from(character),
            0x00A0 | 0x00AD | 0x034F | 0x061C | 0x115F..=0x1160 | 0x17B4..=0x17B5 | 0x180B..=0x180E
                | 0x2000..=0x200F | 0x2028..=0x202F | 0x205F..=0x206F | 0x3164 | 0xFEFF | 0xFFA0
                | 0xFFF0..=0xFFFB | 0xE0000..=0xE0FFF
        )
        || u32::from(character) & 0xFFFE == 0xFFFE
        || matches!(u32::from(character), 0xFDD0..=0xFDEF)
}

/// A zero-width joiner between two pictographs belongs to an emoji and is left to the font.
fn joins_pictographs(characters: &[char], index: usize) -> bool {
    if characters[index] != '\u{200D}' || index == 0 {
        return false;
    }
    let pictograph = |c: &char| matches!(u32::from(*c), 0x2190..=0x2BFF | 0xFE0F | 0x1F000..=0x1FAFF);
    pictograph(&characters[index - 1]) && characters.get(index + 1).is_some_and(pictograph)
}

fn spoken_character(character: char) -> Option<String> {
    let words = match character {
        '\t' => "tab",
        '\n' => "line feed",
        '\r' => "carriage return",
        '\u{202E}' => "right-to-left override",
        '\u{202D}' => "left-to-right override",
        '\u{202A}'..='\u{202C}' | '\u{2066}'..='\u{2069}' | '\u{200E}' | '\u{200F}' | '\u{61C}' => "direction control",
        '\u{200B}'..='\u{200D}' | '\u{2060}' | '\u{FEFF}' => "zero-width character",
        '\u{A0}' => "no-break space",
        other if other.is_control() => return Some(format!("control character {}", u32::from(other))),
        other if is_invisible(other) => "invisible character",
        _ => return None,
    };
    Some(words.to_owned())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn drawn(name: &str) -> Vec<(String, bool)> {
        name_parts(name).into_iter().map(|part| (part.text, part.odd)).collect()
    }

    fn plain(text: &str) -> (String, bool) {
        (text.to_owned(), false)
    }

    fn odd(text: &str) -> (String, bool) {
        (text.to_owned(), true)
    }

    #[test]
    fn ordinary_names_are_one_plain_part() {
        assert_eq!(drawn("Übersicht Γαλαξίας.csv"), [plain("Übersicht Γαλαξίας.csv")]);
        assert_eq!(drawn("2026/harbour/"), [plain("2026/harbour/")]);
    }

    #[test]
    fn spaces_at_the_edges_are_shown_and_those_inside_are_not() {
        assert_eq!(drawn("notes "), [plain("notes"), odd("␣")]);
        assert_eq!(drawn("  a b/c "), [odd("␣"), odd("␣"), plain("a b/c"), odd("␣")]);
        assert_eq!(drawn(" "), [odd("␣")]);
    }

    #[test]
    fn empty_segments_have_words() {
        assert_eq!(drawn(""), [odd(EMPTY_NAME)]);
        assert_eq!(drawn("/"), [odd(EMPTY_NAME), plain("/"), odd(EMPTY_NAME)]);
        assert_eq!(drawn("a//b"), [plain("a/"), odd(EMPTY_NAME), plain("/b")]);
        assert_eq!(tags("a//b"), ["//"]);
        assert_eq!(tags(""), ["//"]);
        assert!(tags("a/").is_empty());
    }

    #[test]
    fn controls_and_direction_tricks_become_markers() {
        assert_eq!(drawn("bell\u{7}"), [plain("bell"), odd("\\x07")]);
        assert_eq!(
            drawn("photo\u{202E}gpj.exe"),
            [plain("photo"), odd("\\u202E"), plain("gpj.exe")]
        );
        assert_eq!(drawn("a\u{200B}b"), [plain("a"), odd("\\u200B"), plain("b")]);
        assert_eq!(spoken("photo\u{202E}gpj.exe"), "photogpj.exe, right-to-left override");
        assert_eq!(spoken("notes "), "notes, trailing space");
    }

    #[test]
    fn an_emoji_family_stays_together() {
        assert_eq!(
            drawn("👨\u{200D}👩\u{200D}👧.png"),
            [plain("👨\u{200D}👩\u{200D}👧.png")]
        );
        assert_eq!(drawn("a\u{200D}b").len(), 3);
    }

    #[test]
    fn a_decomposed_name_is_tagged_and_its_composed_twin_is_not() {
        assert_eq!(tags("u\u{308}ber"), ["decomposed"]);
        assert!(tags("über").is_empty());
    }

    proptest! {
        #[test]
        fn nothing_invisible_is_ever_drawn(name in "\\PC{0,20}|[\\x00-\\x20\u{200B}-\u{2069}/a]{0,12}") {
            let text = shown(&name);
            prop_assert!(!text.is_empty());
            for (index, character) in text.char_indices() {
                let joiner = character == '\u{200D}';
                prop_assert!(joiner || !is_invisible(character), "{character:?} at {index} of {text:?}");
            }
            prop_assert!(!text.starts_with(' ') && !text.ends_with(' '));
        }

        #[test]
        fn plain_parts_keep_the_names_own_characters(name in "[a-z/ \u{7}]{0,12}") {
            let kept: String = name_parts(&name).into_iter().filter(|part| !part.odd).map(|part| part.text).collect();
            let mut rest = name.chars();
            prop_assert!(kept.chars().all(|wanted| rest.any(|found| found == wanted)));
        }
    }
}
