//! Verdicts over every combination that a server can show.

#![expect(clippy::unwrap_used, reason = "tests")]

use dipper_storage::{Grant, Grantee, Owner, Right};

use super::*;
use crate::access::policy::Opening;
use crate::access::strangers::Place;

fn seen(open: Option<bool>) -> Seen {
    let status = match open {
        Some(true) => "200 OK",
        Some(false) => "403 Forbidden",
        None => "Could not reach the server",
    };
    let at = OffsetDateTime::from_unix_timestamp(1_800_000_000).unwrap();
    Seen {
        name: "List of objects".to_owned(),
        status: status.to_owned(),
        ms: open.map(|_| 80),
        open,
        at,
    }
}

fn acl(grants: &[(Grantee, Right)]) -> Acl {
    let owner = Grantee::User {
        id: "anna".to_owned(),
        display_name: None,
    };
    let all = std::iter::once((owner, Right::FullControl)).chain(grants.iter().cloned());
    Acl {
        owner: Owner {
            id: "anna".to_owned(),
            display_name: None,
        },
        grants: all.map(|(grantee, right)| Grant { grantee, right }).collect(),
    }
}

fn open_policy() -> Policy {
    Policy::parse(Some(&Policy::default().with("photos", &[Opening::Objects]))).unwrap()
}

fn judged(acl: &Acl, policy: &Policy, listing: Option<bool>, sample: Option<bool>) -> Verdict {
    let says = Strangers::of(Place::Object("photos", "first"), Ok(None), Ok(Some(policy)));
    bucket(BucketEvidence {
        anyone: "Anyone",
        says: Strangers::of(Place::Bucket("photos"), Ok(Some(acl)), Ok(Some(policy))),
        acl: Some(acl),
        policy: Some(policy),
        listing: seen(listing),
        sample: sample.map(|open| (seen(Some(open)), says.may(Deed::Read))),
        unread: Vec::new(),
    })
}

#[test]
fn a_private_bucket_is_private_and_proved() {
    let verdict = judged(&acl(&[]), &Policy::default(), Some(false), Some(false));
    assert_eq!((verdict.access, verdict.level), (Access::Private, PublicLevel::Private));
    assert!(verdict.proof.ok && verdict.proof.checked_at.is_some() && verdict.others.is_empty());
}

#[test]
fn read_on_a_bucket_is_listing_and_not_reading() {
    let verdict = judged(
        &acl(&[(Grantee::AllUsers, Right::Read)]),
        &Policy::default(),
        Some(true),
        Some(false),
    );
    assert_eq!((verdict.access, verdict.level), (Access::Public, PublicLevel::Listable));
    assert_eq!(verdict.text, "Through the bucket's ACL");
    assert!(verdict.proof.ok && verdict.probes.iter().all(|probe| probe.ok));
}

#[test]
fn a_policy_opens_objects_and_an_object_of_its_own_makes_it_partly() {
    let private = acl(&[]);
    let read = judged(&private, &open_policy(), Some(false), Some(true));
    assert_eq!(
        (read.access, read.level, read.proof.ok),
        (Access::Public, PublicLevel::Readable, true)
    );
    let partly = judged(&private, &Policy::default(), Some(false), Some(true));
    assert_eq!(
        (partly.access, partly.level, partly.proof.ok),
        (Access::Partly, PublicLevel::Readable, true)
    );
}

#[test]
fn a_strangers_request_has_the_last_word_and_the_proof_says_so() {
    let says_public = judged(
        &acl(&[(Grantee::AllUsers, Right::Read)]),
        &Policy::default(),
        Some(false),
        None,
    );
    assert_eq!((says_public.access, says_public.proof.ok), (Access::Private, false));
    assert!(
        says_public.proof.text.contains("otherwise"),
        "{}",
        says_public.proof.text
    );
    let says_private = judged(&acl(&[]), &Policy::default(), Some(true), None);
    assert_eq!(
        (says_private.access, says_private.level, says_private.proof.ok),
        (Access::Public, PublicLevel::Listable, false)
    );
    let policy_ignored = judged(&acl(&[]), &open_policy(), Some(false), Some(false));
    // Of one object that is known now; of the others it is not.
    assert_eq!(
        (policy_ignored.access, policy_ignored.proof.ok),
        (Access::Unknown, false)
    );
}

#[test]
fn without_an_answer_there_is_no_green_tick() {
    let verdict = judged(&acl(&[]), &Policy::default(), None, None);
    assert_eq!(verdict.access, Access::Private);
    assert!(!verdict.proof.ok && verdict.proof.checked_at.is_none());
    assert_eq!(verdict.proof.text, "Not checked: Could not reach the server");
    let dark = bucket(BucketEvidence {
        anyone: "Anyone",
        says: Strangers::of(Place::Bucket("photos"), Ok(None), Ok(None)),
        acl: None,
        policy: None,
        listing: seen(None),
        sample: None,
        unread: vec!["why".to_owned()],
    });
    assert_eq!((dark.access, dark.level), (Access::Unknown, PublicLevel::Unknown));
    assert_eq!(dark.others, ["why"]);
}

#[test]
fn writing_is_the_loudest() {
    let verdict = judged(
        &acl(&[(Grantee::AllUsers, Right::FullControl)]),
        &Policy::default(),
        Some(true),
        Some(false),
    );
    assert_eq!(verdict.level, PublicLevel::Writable);
}

fn judged_objects(objects: &[(bool, Option<bool>)], complete: bool) -> Verdict {
    let bob = Grantee::User {
        id: "bob".to_owned(),
        display_name: None,
    };
    let (open, closed) = (acl(&[(Grantee::AllUsers, Right::Read)]), acl(&[(bob, Right::Read)]));
    let policy = Policy::default();
    super::objects(ObjectsEvidence {
        anyone: "Anyone",
        objects: objects
            .iter()
            .map(|(public, probe)| {
                let acl = if *public { &open } else { &closed };
                ObjectEvidence {
                    acl: Some(acl),
                    says: Strangers::of(Place::Object("photos", "a"), Ok(Some(acl)), Ok(Some(&policy))),
                    seen: probe.map(|open| seen(Some(open))),
                }
            })
            .collect(),
        policy: Some(&policy),
        complete,
        looked_at: if complete {
            words::counted(objects.len() as u64, "object")
        } else {
            format!("the first {} of 250 objects", objects.len())
        },
        unread: Vec::new(),
    })
}

#[test]
fn objects_are_counted_and_the_first_are_proved() {
    let all = judged_objects(&[(true, Some(true)), (true, Some(true)), (true, None)], true);
    assert_eq!(
        (all.access, all.text.as_str()),
        (Access::Public, "3 of 3 objects, through All users")
    );
    assert_eq!((all.probes.len(), all.more_probes, all.proof.ok), (2, 1, true));
    let some = judged_objects(&[(true, Some(true)), (false, Some(false))], false);
    assert_eq!(
        (some.access, some.text.as_str()),
        (Access::Partly, "1 of the first 2 of 250 objects, through All users")
    );
    assert_eq!(some.others, ["bob: Read"]);
    let none = judged_objects(&[(false, Some(false))], true);
    assert_eq!(
        (none.access, none.text.as_str()),
        (Access::Private, "No grant to strangers was found.")
    );
}

#[test]
fn nothing_is_claimed_of_objects_that_were_not_read() {
    let all_open = judged_objects(&[(true, Some(true))], false);
    assert_eq!(
        (all_open.access, all_open.level),
        (Access::Partly, PublicLevel::Readable)
    );
    let all_closed = judged_objects(&[(false, Some(false))], false);
    assert_eq!(
        (all_closed.access, all_closed.level),
        (Access::Unknown, PublicLevel::Unknown)
    );
    assert_eq!(
        all_closed.text,
        "No grant to strangers was found on the first 1 of 250 objects."
    );
}

#[test]
fn an_object_that_is_open_without_a_grant_is_told_apart() {
    let verdict = judged_objects(&[(false, Some(true))], true);
    assert_eq!(verdict.access, Access::Public);
    assert!(!verdict.proof.ok && verdict.text.contains("through no grant that was found"));
    assert!(!verdict.probes[0].ok);
}

#[test]
fn an_object_that_is_refused_against_its_grant_is_neither_private_nor_without_a_grant() {
    let verdict = judged_objects(&[(true, Some(false)), (false, Some(false))], true);
    assert_eq!(
        (verdict.access, verdict.level, verdict.proof.ok),
        (Access::Unknown, PublicLevel::Unknown, false)
    );
    assert_eq!(
        verdict.text,
        "The settings open 1 of 2 objects, and a stranger was refused."
    );
    assert_eq!(verdict.others, ["All users: Read", "bob: Read"]);
}

#[test]
fn a_grant_to_everyone_with_an_account_is_partly_and_never_the_internet() {
    let accounts = judged(
        &acl(&[(Grantee::AuthenticatedUsers, Right::Read)]),
        &Policy::default(),
        Some(false),
        Some(false),
    );
    assert_eq!(
        (accounts.access, accounts.level),
        (Access::Partly, PublicLevel::Private)
    );
    assert_eq!(accounts.title, WITH_ACCOUNT);
    assert_eq!(accounts.others, ["Authenticated users: Read"]);
}

#[test]
fn a_denial_for_the_first_object_does_not_close_the_others() {
    let text = r#"{"Statement":[
        {"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::photos/*"},
        {"Effect":"Deny","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::photos/first"}]}"#;
    let policy = Policy::parse(Some(text)).unwrap();
    let verdict = judged(&acl(&[]), &policy, Some(false), Some(false));
    assert_eq!((verdict.access, verdict.level), (Access::Public, PublicLevel::Readable));
}
