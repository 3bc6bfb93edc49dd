//! Reading the documents that are long: lists, and what became of a thousand deletes.
//!
//! They are flat, so a reader hears of each element when it ends: what it is in, its own name, its text. Prefixes of names
//! are left off, entities are resolved, white space stays.

use quick_xml::Reader;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesRef, Event};

/// Why a document could not be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Damaged;

/// Tells `element` of every element below the root: the name of what it is in, its own, its text (without that of
/// elements inside). Fails if the root has another name, the document is cut or is no XML, or `element` does.
pub(crate) fn read(
    document: &[u8],
    root: &str,
    mut element: impl FnMut(&str, &str, &str) -> Result<(), Damaged>,
) -> Result<(), Damaged> {
    let text = std::str::from_utf8(document).map_err(|_| Damaged)?;
    let mut reader = Reader::from_str(text.trim_start_matches('\u{feff}'));
    reader.config_mut().expand_empty_elements = true;
    let mut open: Vec<(String, String)> = Vec::new();
    loop {
        match reader.read_event().map_err(|_| Damaged)? {
            Event::Start(start) => {
                let name = start.local_name().into_inner().to_owned();
                if open.is_empty() && name != root {
                    return Err(Damaged);
                }
                open.push((name, String::new()));
            }
            Event::End(_) => {
                let (name, text) = open.pop().ok_or(Damaged)?;
                match open.last() {
                    Some((parent, _)) => element(parent, &name, &text)?,
                    None => return Ok(()),
                }
            }
            Event::Text(piece) => add(&mut open, &piece.into_inner()),
            Event::CData(piece) => add(&mut open, &piece.into_inner()),
            Event::GeneralRef(reference) => add(&mut open, &resolve(&reference)?),
            Event::Eof => return Err(Damaged),
            // Empty elements come as a start and an end.
            Event::Empty(_) | Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_) => {}
        }
    }
}

fn add(open: &mut [(String, String)], piece: &str) {
    if let Some((_, text)) = open.last_mut() {
        text.push_str(piece);
    }
}

fn resolve(reference: &BytesRef<'_>) -> Result<String, Damaged> {
    if let Some(letter) = reference.resolve_char_ref().map_err(|_| Damaged)? {
        return Ok(letter.to_string());
    }
    let name = reference.xml10_content();
    resolve_predefined_entity(&name).map(str::to_owned).ok_or(Damaged)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn heard(document: &str) -> Result<Vec<String>, Damaged> {
        let mut heard = Vec::new();
        read(document.as_bytes(), "List", |parent, name, text| {
            heard.push(format!("{parent}/{name}={text}"));
            Ok(())
        })?;
        Ok(heard)
    }

    #[test]
    fn every_element_is_told_when_it_ends() {
        let document = "\u{feff}<?xml version=\"1.0\"?>\n<s3:List xmlns:s3=\"x\"><Item><Key> a&amp;b&#x20;&#233;</Key>\
                        <Empty/><Raw><![CDATA[<&]]></Raw></Item><!-- c --><More>true</More></s3:List>\n";
        let expected = [
            "Item/Key= a&b é",
            "Item/Empty=",
            "Item/Raw=<&",
            "List/Item=",
            "List/More=true",
        ];
        assert_eq!(heard(document), Ok(expected.map(str::to_owned).to_vec()));
    }

    #[test]
    fn what_is_cut_or_something_else_is_damaged() {
        for document in [
            "",
            "no XML",
            "<Error><Code>x</Code></Error>",
            "<List><Item>",
            "<List><Item></Key></List>",
            "<List>&unknown;</List>",
            "<List><Item></Item>",
        ] {
            assert_eq!(heard(document), Err(Damaged), "{document}");
        }
    }
}
