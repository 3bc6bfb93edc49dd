//! The rights grid: access control lists as rows and boxes, and boxes that were changed back as access control lists.

use std::collections::BTreeSet;

use dipper_storage::{Acl, Grant, Grantee, Right};

use super::{
    Audience, GrantCell, GrantChange, GrantRow, GranteeKind, NewGrantee, NewGranteeKind, PermissionsKind, Tick,
};

/// The rights in the order of the grid's columns.
pub(super) const RIGHTS: [Right; 5] = [
    Right::FullControl,
    Right::Read,
    Right::Write,
    Right::ReadAcp,
    Right::WriteAcp,
];

/// A right as the grid names it.
pub(super) fn right_name(right: Right) -> &'static str {
    match right {
        Right::FullControl => "Full control",
        Right::Read => "Read",
        Right::Write => "Write",
        Right::ReadAcp => "Read permissions",
        Right::WriteAcp => "Write permissions",
    }
}

/// The grid of one or several lists. Owner, authenticated users and all users always have a row.
pub(super) fn rows(acls: &[Acl], kind: PermissionsKind, editable: bool) -> Vec<GrantRow> {
    let mut grantees = vec![Grantee::AuthenticatedUsers, Grantee::AllUsers];
    for grant in acls.iter().flat_map(|acl| &acl.grants) {
        if !grantees.iter().any(|known| same(known, &grant.grantee)) {
            grantees.push(grant.grantee.clone());
        }
    }
    let owners: BTreeSet<&str> = acls.iter().map(|acl| acl.owner.id.as_str()).collect();
    grantees.retain(|grantee| !matches!(grantee, Grantee::User { id, .. } if owners.contains(id.as_str())));
    grantees.sort_by_key(sort_key);
    let mut rows: Vec<GrantRow> = owners.iter().map(|owner| owner_row(acls, owner, kind)).collect();
    rows.extend(grantees.iter().map(|grantee| row(acls, grantee, kind, editable)));
    rows
}

/// The list after the changes: rows that were not touched stay exactly as they were, and so does the owner.
pub(super) fn changed(acl: &Acl, kind: PermissionsKind, changes: &[GrantChange], added: &[NewGrantee]) -> Acl {
    let mut acl = acl.clone();
    let mut touched: Vec<&str> = Vec::new();
    for change in changes {
        if !touched.contains(&change.row.as_str()) {
            touched.push(&change.row);
        }
    }
    for id in touched {
        let Some(grantee) = grantee_of(&acl, id) else { continue };
        let of_row = changes.iter().filter(|change| change.row == id);
        let rights = after(
            held(&acl, &grantee),
            of_row.map(|change| (change.right, change.on)),
            kind,
        );
        set(&mut acl, &grantee, &rights);
    }
    for new in added {
        let grantee = match new.kind {
            NewGranteeKind::User => Grantee::User {
                id: new.value.clone(),
                display_name: None,
            },
            NewGranteeKind::Email => Grantee::Email(new.value.clone()),
        };
        let rights = after(
            held(&acl, &grantee),
            new.rights.iter().map(|right| (*right, true)),
            kind,
        );
        set(&mut acl, &grantee, &rights);
    }
    acl
}

/// Who may do something in `after` that `before` did not allow: anyone, or at least anyone with an account.
pub(super) fn publishes(before: &Acl, after: &Acl) -> Option<Audience> {
    let gains = |group: &Grantee| {
        let gained = |right: &Right| after.allows(group, *right) && !before.allows(group, *right);
        RIGHTS.iter().any(gained)
    };
    if gains(&Grantee::AllUsers) {
        return Some(Audience::Anyone);
    }
    gains(&Grantee::AuthenticatedUsers).then_some(Audience::Accounts)
}

/// Each grantee with its rights in words: `All users: Read`.
pub(super) fn in_words(acl: &Acl) -> Vec<String> {
    let mut lines: Vec<(String, Vec<&str>)> = Vec::new();
    for grant in &acl.grants {
        let name = grantee_name(acl, &grant.grantee);
        match lines.iter_mut().find(|(known, _)| *known == name) {
            Some((_, rights)) => rights.push(right_name(grant.right)),
            None => lines.push((name, vec![right_name(grant.right)])),
        }
    }
    lines
        .into_iter()
        .map(|(name, rights)| format!("{name}: {}", rights.join(", ")))
        .collect()
}

fn owner_row(acls: &[Acl], owner: &str, kind: PermissionsKind) -> GrantRow {
    let grantee = Grantee::User {
        id: owner.to_owned(),
        display_name: None,
    };
    let display_name = acls
        .iter()
        .find(|acl| acl.owner.id == owner)
        .and_then(|acl| acl.owner.display_name.clone());
    let named = row(acls, &grantee, kind, false);
    let id = format!("owner:{owner}");
    GrantRow {
        id,
        kind: GranteeKind::Owner,
        name: "Owner".to_owned(),
        detail: display_name.unwrap_or_else(|| owner.to_owned()),
        ..named
    }
}

fn row(acls: &[Acl], grantee: &Grantee, kind: PermissionsKind, editable: bool) -> GrantRow {
    let cells = RIGHTS.map(|right| {
        if right == Right::Write && kind == PermissionsKind::Objects {
            return GrantCell {
                right,
                tick: Tick::None,
                editable: false,
            };
        }
        let with = acls.iter().filter(|acl| acl.allows(grantee, right)).count();
        let tick = match with {
            0 => Tick::Off,
            all if all == acls.len() => Tick::On,
            _ => Tick::Mixed,
        };
        GrantCell { right, tick, editable }
    });
    let is_public =
        *grantee == Grantee::AllUsers && cells.iter().any(|cell| matches!(cell.tick, Tick::On | Tick::Mixed));
    let (kind, name, detail) = labels(grantee);
    GrantRow {
        id: row_id(grantee),
        kind,
        name,
        detail,
        cells: cells.to_vec(),
        is_public,
    }
}

fn labels(grantee: &Grantee) -> (GranteeKind, String, String) {
    let text = |name: &str, detail: &str| (name.to_owned(), detail.to_owned());
    let (kind, (name, detail)) = match grantee {
        Grantee::AuthenticatedUsers => (
            GranteeKind::AuthenticatedUsers,
            text("Authenticated users", "any account"),
        ),
        Grantee::AllUsers => (GranteeKind::AllUsers, text("All users", "no sign-in needed")),
        Grantee::LogDelivery => (
            GranteeKind::LogDelivery,
            text("Log delivery", "the server's log writer"),
        ),
        Grantee::User { id, display_name } => {
            (GranteeKind::User, text(id, display_name.as_deref().unwrap_or_default()))
        }
        Grantee::Email(address) => (GranteeKind::Email, text(address, "by e-mail address")),
        Grantee::OtherGroup(uri) => (GranteeKind::Group, text(uri, "group")),
    };
    (kind, name, detail)
}

fn grantee_name(acl: &Acl, grantee: &Grantee) -> String {
    match grantee {
        Grantee::User { id, .. } if *id == acl.owner.id => "Owner".to_owned(),
        other => labels(other).1,
    }
}

fn row_id(grantee: &Grantee) -> String {
    match grantee {
        Grantee::AuthenticatedUsers => "authenticated".to_owned(),
        Grantee::AllUsers => "all".to_owned(),
        Grantee::LogDelivery => "log".to_owned(),
        Grantee::User { id, .. } => format!("user:{id}"),
        Grantee::Email(address) => format!("email:{address}"),
        Grantee::OtherGroup(uri) => format!("group:{uri}"),
    }
}

/// Whom a row id stands for. The owner's row cannot be changed: the owner may always change the list anyway.
fn grantee_of(acl: &Acl, id: &str) -> Option<Grantee> {
    let known = acl
        .grants
        .iter()
        .map(|grant| &grant.grantee)
        .find(|grantee| row_id(grantee) == id);
    if let Some(known) = known {
        return Some(known.clone());
    }
    match id.split_once(':') {
        None if id == "authenticated" => Some(Grantee::AuthenticatedUsers),
        None if id == "all" => Some(Grantee::AllUsers),
        None if id == "log" => Some(Grantee::LogDelivery),
        Some(("user", id)) => Some(Grantee::User {
            id: id.to_owned(),
            display_name: None,
        }),
        Some(("email", address)) => Some(Grantee::Email(address.to_owned())),
        Some(("group", uri)) => Some(Grantee::OtherGroup(uri.to_owned())),
        _ => None,
    }
}

fn held(acl: &Acl, grantee: &Grantee) -> Vec<Right> {
    acl.grants
        .iter()
        .filter(|grant| same(&grant.grantee, grantee))
        .map(|grant| grant.right)
        .collect()
}

/// Rights after some boxes were changed. Full control is one box and the whole row: turning it on makes the others
/// needless, turning it off clears the row, and taking one right away from it leaves the rest.
fn after(held: Vec<Right>, changes: impl Iterator<Item = (Right, bool)>, kind: PermissionsKind) -> Vec<Right> {
    let single =
        |right: &Right| *right != Right::FullControl && (*right != Right::Write || kind == PermissionsKind::Bucket);
    let (mut full, mut rights) = (held.contains(&Right::FullControl), held);
    let (whole, single_ones): (Vec<_>, Vec<_>) = changes.partition(|(right, _)| *right == Right::FullControl);
    for (_, on) in whole {
        full = on;
        rights.clear();
    }
    for (right, on) in single_ones.into_iter().filter(|(right, _)| single(right)) {
        if full && !on {
            full = false;
            rights = RIGHTS.into_iter().filter(single).collect();
        }
        rights.retain(|held| *held != right);
        if on {
            rights.push(right);
        }
    }
    if full { vec![Right::FullControl] } else { rights }
}

/// Puts a grantee's rights where its first grant stood, so that the order of the others stays.
fn set(acl: &mut Acl, grantee: &Grantee, rights: &[Right]) {
    let place = acl
        .grants
        .iter()
        .position(|grant| same(&grant.grantee, grantee))
        .unwrap_or(acl.grants.len());
    acl.grants.retain(|grant| !same(&grant.grantee, grantee));
    let grants = rights.iter().map(|right| Grant {
        grantee: grantee.clone(),
        right: *right,
    });
    let place = place.min(acl.grants.len());
    acl.grants.splice(place..place, grants);
}

fn same(a: &Grantee, b: &Grantee) -> bool {
    row_id(a) == row_id(b)
}

fn sort_key(grantee: &Grantee) -> (u8, String) {
    let group = match grantee {
        Grantee::AuthenticatedUsers => 0,
        Grantee::AllUsers => 1,
        Grantee::LogDelivery => 2,
        Grantee::User { .. } => 3,
        Grantee::Email(_) => 4,
        Grantee::OtherGroup(_) => 5,
    };
    (group, row_id(grantee))
}

#[cfg(test)]
#[path = "grid/tests.rs"]
mod tests;
