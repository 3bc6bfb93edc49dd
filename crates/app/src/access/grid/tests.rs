//! The grid against small lists written out by hand.

use dipper_storage::Owner;
use proptest::prelude::*;

use super::*;

fn owner() -> Grantee {
    Grantee::User {
        id: "t$anna".to_owned(),
        display_name: None,
    }
}

fn acl(grants: &[(Grantee, Right)]) -> Acl {
    let grants = grants.iter().map(|(grantee, right)| Grant {
        grantee: grantee.clone(),
        right: *right,
    });
    let all = std::iter::once(Grant {
        grantee: owner(),
        right: Right::FullControl,
    })
    .chain(grants)
    .collect();
    Acl {
        owner: Owner {
            id: "t$anna".to_owned(),
            display_name: Some("Anna".to_owned()),
        },
        grants: all,
    }
}

fn change(row: &str, right: Right, on: bool) -> GrantChange {
    GrantChange {
        row: row.to_owned(),
        right,
        on,
    }
}

fn ticks(rows: &[GrantRow], id: &str) -> Vec<Tick> {
    let cells = rows
        .iter()
        .find(|row| row.id == id)
        .map(|row| row.cells.clone())
        .unwrap_or_default();
    cells.iter().map(|cell| cell.tick).collect()
}

#[test]
fn owner_and_groups_always_have_a_row_and_the_owners_is_fixed() {
    let rows = rows(&[acl(&[])], PermissionsKind::Bucket, true);
    let names: Vec<&str> = rows.iter().map(|row| row.name.as_str()).collect();
    assert_eq!(names, ["Owner", "Authenticated users", "All users"]);
    assert_eq!(ticks(&rows, "owner:t$anna"), [Tick::On; 5]);
    assert!(rows[0].cells.iter().all(|cell| !cell.editable) && rows[2].cells.iter().all(|cell| cell.editable));
    assert!(!rows[2].is_public);
}

#[test]
fn several_objects_show_what_some_have_and_no_write() {
    let public = acl(&[(Grantee::AllUsers, Right::Read)]);
    let rows = rows(&[public, acl(&[])], PermissionsKind::Objects, true);
    assert_eq!(
        ticks(&rows, "all"),
        [Tick::Off, Tick::Mixed, Tick::None, Tick::Off, Tick::Off]
    );
    assert!(
        rows.iter()
            .any(|row| row.kind == GranteeKind::AllUsers && row.is_public)
    );
}

#[test]
fn full_control_is_the_whole_row() {
    let start = acl(&[(Grantee::AllUsers, Right::Read)]);
    let on = changed(
        &start,
        PermissionsKind::Bucket,
        &[change("all", Right::FullControl, true)],
        &[],
    );
    assert_eq!(held(&on, &Grantee::AllUsers), [Right::FullControl]);
    let less = changed(&on, PermissionsKind::Bucket, &[change("all", Right::Write, false)], &[]);
    assert_eq!(
        held(&less, &Grantee::AllUsers),
        [Right::Read, Right::ReadAcp, Right::WriteAcp]
    );
    let off = changed(
        &on,
        PermissionsKind::Bucket,
        &[change("all", Right::FullControl, false)],
        &[],
    );
    assert!(held(&off, &Grantee::AllUsers).is_empty());
    let kept = [
        change("all", Right::FullControl, false),
        change("all", Right::Read, true),
    ];
    assert_eq!(
        held(&changed(&on, PermissionsKind::Bucket, &kept, &[]), &Grantee::AllUsers),
        [Right::Read]
    );
}

#[test]
fn the_owners_row_and_unknown_rows_change_nothing() {
    let start = acl(&[]);
    for row in ["owner:t$anna", "owner", "", "nonsense"] {
        assert_eq!(
            changed(
                &start,
                PermissionsKind::Bucket,
                &[change(row, Right::FullControl, false)],
                &[]
            ),
            start
        );
    }
}

#[test]
fn a_new_user_is_added_and_one_who_is_there_gets_more() {
    let new = NewGrantee {
        kind: NewGranteeKind::User,
        value: "t$bob".to_owned(),
        rights: vec![Right::Read],
    };
    let once = changed(&acl(&[]), PermissionsKind::Objects, &[], std::slice::from_ref(&new));
    assert_eq!(in_words(&once), ["Owner: Full control", "t$bob: Read"]);
    let more = NewGrantee {
        rights: vec![Right::ReadAcp, Right::Write],
        ..new
    };
    let twice = changed(&once, PermissionsKind::Objects, &[], &[more]);
    assert_eq!(
        in_words(&twice),
        ["Owner: Full control", "t$bob: Read, Read permissions"]
    );
}

#[test]
fn publishing_is_noticed_for_both_groups_of_strangers() {
    let private = acl(&[]);
    for (group, id, audience) in [
        (Grantee::AllUsers, "all", Audience::Anyone),
        (Grantee::AuthenticatedUsers, "authenticated", Audience::Accounts),
    ] {
        let public = changed(&private, PermissionsKind::Bucket, &[change(id, Right::Read, true)], &[]);
        assert_eq!(publishes(&private, &public), Some(audience));
        assert_eq!(
            (publishes(&public, &private), publishes(&public, &public)),
            (None, None)
        );
        assert!(public.allows(&group, Right::Read));
    }
    let bob = NewGrantee {
        kind: NewGranteeKind::User,
        value: "bob".to_owned(),
        rights: vec![Right::FullControl],
    };
    let shared = changed(&private, PermissionsKind::Bucket, &[], &[bob]);
    assert_eq!(publishes(&private, &shared), None);
}

fn some_grants() -> impl Strategy<Value = Vec<(Grantee, Right)>> {
    let grantee = prop_oneof![
        Just(Grantee::AllUsers),
        Just(Grantee::AuthenticatedUsers),
        Just(Grantee::Email("a@b".to_owned())),
        Just(Grantee::User {
            id: "bob".to_owned(),
            display_name: Some("Bob".to_owned())
        }),
    ];
    proptest::collection::vec((grantee, proptest::sample::select(RIGHTS.to_vec())), 0..8)
}

proptest! {
    #[test]
    fn rows_that_were_not_touched_stay(grants in some_grants(), right in proptest::sample::select(RIGHTS.to_vec()), on: bool) {
        let before = acl(&grants);
        let after = changed(&before, PermissionsKind::Bucket, &[change("all", right, on)], &[]);
        let others = |acl: &Acl| -> Vec<Grant> {
            acl.grants.iter().filter(|grant| grant.grantee != Grantee::AllUsers).cloned().collect()
        };
        prop_assert_eq!(others(&before), others(&after));
        prop_assert_eq!(after.allows(&Grantee::AllUsers, right), on);
    }
}
