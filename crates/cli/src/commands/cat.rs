//! `dip cat`: the bytes of objects, and nothing else.

use dipper_app::ByteRange;

use crate::arguments::CatArguments;
use crate::exit::{Code, Failure};
use crate::pattern::Wanted;
use crate::place::Place;
use crate::session::Session;

pub(super) async fn run(session: &Session, arguments: &CatArguments) -> Result<Code, Failure> {
    for text in &arguments.places {
        let place = Place::in_bucket(text)?;
        let account = session.account(&place.owner).await?;
        let key = single_key(&place)?;
        let mut reader = session
            .app
            .read_object(&account.id, &place.bucket, &key, arguments.range)
            .await?;
        while let Some(piece) = reader.next().await? {
            session.out.bytes(&piece)?;
        }
    }
    Ok(Code::Done)
}

/// The one key that a place names.
pub(super) fn single_key(place: &Place) -> Result<String, Failure> {
    match Wanted::read(&place.key)? {
        Wanted::Literal(key) if !key.is_empty() => Ok(key),
        Wanted::Literal(_) => Err(Failure::usage(format!("“{}” is a bucket, not an object.", place.typed))),
        Wanted::Pattern(_) => Err(
            Failure::usage(format!("“{}” is a pattern, not one object.", place.typed))
                .with_hint("To mean a star itself, write \\*."),
        ),
    }
}

/// Reads a range: `0-99`, `100-`, `-100`.
pub(crate) fn range(text: &str) -> Result<ByteRange, RangeError> {
    let number = |digits: &str| match digits {
        "" => Ok(None),
        digits if digits.bytes().all(|digit| digit.is_ascii_digit()) => {
            digits.parse().map(Some).map_err(|_| RangeError)
        }
        _ => Err(RangeError),
    };
    let (first, last) = text.split_once('-').ok_or(RangeError)?;
    match (number(first)?, number(last)?) {
        (Some(first), Some(last)) if first <= last => Ok(ByteRange::Between { first, last }),
        (Some(first), None) => Ok(ByteRange::From(first)),
        (None, Some(last)) if last > 0 => Ok(ByteRange::Last(last)),
        _ => Err(RangeError),
    }
}

/// A text that is no range.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct RangeError;

impl std::fmt::Display for RangeError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("write 0-99, 100- or -100")
    }
}

impl std::error::Error for RangeError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_read_as_http_writes_them() {
        assert_eq!(range("0-99"), Ok(ByteRange::Between { first: 0, last: 99 }));
        assert_eq!(range("5-5"), Ok(ByteRange::Between { first: 5, last: 5 }));
        assert_eq!(range("100-"), Ok(ByteRange::From(100)));
        assert_eq!(range("-100"), Ok(ByteRange::Last(100)));
        for wrong in [
            "",
            "-",
            "5",
            "9-1",
            "-0",
            "a-b",
            "+1-2",
            "1--2",
            "99999999999999999999-",
        ] {
            assert_eq!(range(wrong), Err(RangeError), "{wrong}");
        }
    }
}
