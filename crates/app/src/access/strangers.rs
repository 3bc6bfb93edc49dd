//! What strangers may do by the settings: the one reading of ACL and policy that verdict, badges and plans share.
//!
//! Every grant and every statement that lets anyone in gives at least one deed, and so does everything that could not be
//! read: what has no deed here was read, and is closed.

use dipper_storage::{Acl, Grantee, Right};

use super::facts::Setting;
use super::policy::Policy;
use crate::AccountKind;

/// Something a stranger may do with a bucket or an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Deed {
    /// See the names in a bucket.
    List,
    /// Read the object; of a bucket every object, also those to come.
    Read,
    /// Read some objects of a bucket.
    ReadSome,
    /// Write or delete.
    Write,
    /// Change who may do what.
    Permit,
    /// Something else, such as reading the permissions.
    Other,
    /// Something, with any account of the server.
    WithAccount,
    /// Perhaps something: a statement with a condition, a group nobody knows.
    Unclear,
    /// Not known: it could not be read.
    Unread,
}

/// Where it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Source {
    Acl,
    Policy,
}

/// What it is about.
#[derive(Clone, Copy, Debug)]
pub(super) enum Place<'a> {
    Bucket(&'a str),
    /// A bucket and a key in it.
    Object(&'a str, &'a str),
}

/// All that strangers may do.
#[derive(Clone, Debug, Default)]
pub(super) struct Strangers(Vec<(Deed, Source)>);

impl Strangers {
    pub(super) fn of(place: Place<'_>, acl: Setting<'_, Acl>, policy: Setting<'_, Policy>) -> Self {
        if matches!((acl, policy), (Ok(None), Ok(None))) {
            // A server that tells neither decides by something else.
            return Self(vec![(Deed::Unread, Source::Policy)]);
        }
        let by_acl = match acl {
            Ok(acl) => acl.map(|acl| granted(place, acl)).unwrap_or_default(),
            Err(_) => vec![Deed::Unread],
        };
        let by_policy = match policy {
            Ok(policy) => policy.map(|policy| policy.strangers(place)).unwrap_or_default(),
            Err(_) => vec![Deed::Unread],
        };
        let by_acl = by_acl.into_iter().map(|deed| (deed, Source::Acl));
        Self(
            by_acl
                .chain(by_policy.into_iter().map(|deed| (deed, Source::Policy)))
                .collect(),
        )
    }

    pub(super) fn may(&self, deed: Deed) -> bool {
        self.0.iter().any(|(known, _)| *known == deed)
    }

    pub(super) fn by(&self, deed: Deed, source: Source) -> bool {
        self.0.contains(&(deed, source))
    }

    /// Whether something is surely open to someone by this setting.
    pub(super) fn opened_by(&self, source: Source) -> bool {
        let unsure = [Deed::Unclear, Deed::Unread];
        self.0.iter().any(|(deed, by)| *by == source && !unsure.contains(deed))
    }
}

/// What an ACL lets strangers do. Write on an object is a right that no server heeds.
fn granted(place: Place<'_>, acl: &Acl) -> Vec<Deed> {
    let is_bucket = matches!(place, Place::Bucket(_));
    let of = |right: Right| match right {
        Right::Read if is_bucket => Some(Deed::List),
        Right::Read => Some(Deed::Read),
        Right::Write => is_bucket.then_some(Deed::Write),
        Right::WriteAcp => Some(Deed::Permit),
        Right::ReadAcp | Right::FullControl => Some(Deed::Other),
    };
    let mut deeds = Vec::new();
    for grant in &acl.grants {
        match (&grant.grantee, grant.right) {
            (Grantee::AllUsers, Right::FullControl) => {
                deeds.extend([Right::Read, Right::Write, Right::WriteAcp].into_iter().filter_map(of));
            }
            (Grantee::AllUsers, right) => deeds.extend(of(right)),
            (Grantee::AuthenticatedUsers, right) => deeds.extend(of(right).map(|_| Deed::WithAccount)),
            (Grantee::OtherGroup(_), right) => deeds.extend(of(right).map(|_| Deed::Unclear)),
            _ => {}
        }
    }
    deeds
}

/// Who a stranger is: Local storage answers this computer only.
pub(super) fn anyone(kind: AccountKind) -> &'static str {
    if kind == AccountKind::Local {
        "Anyone on this computer"
    } else {
        "Anyone on the internet"
    }
}
