//! The wire types. Each mirrors a type of `dipper-app`, in camel case, with times as milliseconds since the epoch and
//! sizes as plain numbers, so that no other crate depends on the generator of the bindings.

mod accounts;
mod buckets;
mod events;
mod listing;
mod objects;
mod permissions;
mod settings;
mod sharing;
mod transfers;
mod uploads;

pub(crate) use accounts::*;
pub(crate) use buckets::*;
pub(crate) use events::*;
pub(crate) use listing::*;
pub(crate) use objects::*;
pub(crate) use permissions::*;
pub(crate) use settings::*;
pub(crate) use sharing::*;
pub(crate) use transfers::*;
pub(crate) use uploads::*;
