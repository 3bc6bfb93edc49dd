//! Tables of what maps to what: a field or a variant stands once, and a missing one does not compile.

use time::OffsetDateTime;

/// `Domain => Wire { field, field: function }`: every field by `Into`, or by the function named after it.
macro_rules! same_fields {
    ($from:ty => $to:ty { $($field:ident $(: $map:expr)?),* $(,)? }) => {
        impl From<$from> for $to {
            fn from(value: $from) -> Self {
                Self { $($field: same_fields!(@map value.$field $(, $map)?)),* }
            }
        }
    };
    (@map $value:expr, $map:expr) => { ($map)($value) };
    (@map $value:expr) => { $value.into() };
}

/// `Domain => Wire { Variant, Variant }`: the same names on both sides.
macro_rules! same_variants {
    ($domain:ty => $wire:ident { $($variant:ident),* $(,)? }) => {
        impl From<$domain> for $wire {
            fn from(value: $domain) -> Self {
                match value { $(<$domain>::$variant => Self::$variant),* }
            }
        }
    };
    ($domain:ty => $wire:ident { $($variant:ident),* $(,)? } and back) => {
        same_variants!($domain => $wire { $($variant),* });
        impl From<$wire> for $domain {
            fn from(value: $wire) -> Self {
                match value { $($wire::$variant => Self::$variant),* }
            }
        }
    };
    (back $wire:ident => $domain:ty { $($variant:ident),* $(,)? }) => {
        impl From<$wire> for $domain {
            fn from(value: $wire) -> Self {
                match value { $($wire::$variant => Self::$variant),* }
            }
        }
    };
}

pub(crate) use {same_fields, same_variants};

/// A time as the page counts it: milliseconds since the epoch. Every date up to the year 9999 stays below 2^53.
pub(crate) fn millis(time: OffsetDateTime) -> i64 {
    i64::try_from(time.unix_timestamp_nanos() / 1_000_000).unwrap_or(i64::MAX)
}

/// [`millis`] of a time that may be unknown.
pub(crate) fn maybe_millis(time: Option<OffsetDateTime>) -> Option<i64> {
    time.map(millis)
}

/// Each item mapped.
pub(crate) fn list<T, W: From<T>>(items: Vec<T>) -> Vec<W> {
    items.into_iter().map(W::from).collect()
}

/// The value mapped, if there is one.
pub(crate) fn maybe<T, W: From<T>>(item: Option<T>) -> Option<W> {
    item.map(W::from)
}

/// A newtype over text, such as an id.
#[expect(clippy::needless_pass_by_value, reason = "`same_fields` moves each field in")]
pub(crate) fn text(item: impl ToString) -> String {
    item.to_string()
}

/// The text of a plan's token: the page only hands it back.
#[expect(clippy::needless_pass_by_value, reason = "`same_fields` moves each field in")]
pub(crate) fn plan_token(token: dipper_app::PlanToken) -> String {
    token.as_str().to_owned()
}
