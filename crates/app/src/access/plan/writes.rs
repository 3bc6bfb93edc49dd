//! The lists that are written: one grant to everyone more, or none left.

use dipper_storage::{Acl, BucketName, CannedAcl, Grant, Grantee, Right};

use super::{ObjectsWrite, Writes};
use crate::access::change::AclWrite;
use crate::access::grid;
use crate::error::{Error, ErrorKind};
use crate::words;

/// The list with Read for everyone; `None` where everyone may read already.
pub(super) fn opened(acl: &Acl) -> Option<Acl> {
    if acl.allows(&Grantee::AllUsers, Right::Read) {
        return None;
    }
    let mut open = acl.clone();
    open.grants.push(EVERYONE_READS);
    Some(open)
}

/// The list without any grant to everyone; `None` where there is none.
pub(super) fn closed(acl: &Acl) -> Option<Acl> {
    let mut private = acl.clone();
    private.grants.retain(|grant| grant.grantee != Grantee::AllUsers);
    (private.grants.len() < acl.grants.len()).then_some(private)
}

/// How a list is sent: as its canned twin where it has one, the form every server understands.
pub(in crate::access) fn as_write(acl: &Acl) -> AclWrite {
    let owner = |grant: &Grant| {
        let is_owner = matches!(&grant.grantee, Grantee::User { id, .. } if *id == acl.owner.id);
        is_owner && grant.right == Right::FullControl
    };
    match acl.grants.as_slice() {
        [alone] if owner(alone) => AclWrite::Canned(CannedAcl::Private),
        [first, all] if owner(first) && *all == EVERYONE_READS => AclWrite::Canned(CannedAcl::PublicRead),
        _ => AclWrite::Exact(acl.clone()),
    }
}

const EVERYONE_READS: Grant = Grant {
    grantee: Grantee::AllUsers,
    right: Right::Read,
};

/// What is sent, in words.
pub(super) fn exact_acl(bucket: &BucketName, writes: &Writes) -> String {
    let mut lines = Vec::new();
    if let Some((_, Some(after))) = &writes.bucket_acl {
        lines.push(format!("PUT /{bucket}?acl"));
        lines.push(write_in_words(after));
    }
    match &writes.objects {
        ObjectsWrite::Nothing => {}
        ObjectsWrite::Each(each) => {
            for (key, _, after) in each.iter().take(3) {
                lines.push(format!("PUT /{bucket}/{}?acl", crate::names::shown(key.as_str())));
                lines.push(write_in_words(after));
            }
            if each.len() > 3 {
                lines.push(format!("and {} more", words::count(each.len() as u64 - 3)));
            }
        }
        ObjectsWrite::Job {
            keys, canned, counted, ..
        } => {
            lines.push(format!(
                "PUT /{bucket}/…?acl for {}",
                words::counted(keys.len() as u64 + counted.objects, "object")
            ));
            lines.push(format!("x-amz-acl: {}", canned.as_str()));
        }
    }
    if lines.is_empty() {
        "No ACL changes.".to_owned()
    } else {
        lines.join("\n")
    }
}

/// Why there is no list to change, and the other way.
pub(super) fn without_acls(operation: &str, error: &Error) -> Error {
    if error.kind() == ErrorKind::Unsupported {
        return Error::new(
            ErrorKind::Unsupported,
            operation,
            "This server keeps no permissions (ACLs) of single objects.",
        )
        .with_hint("Make the bucket public instead: its policy can open all objects, where the server has one.");
    }
    let message = format!("Nothing was changed: the permissions could not be read. {error}");
    Error::new(error.kind(), operation, message)
        .with_hint("Changing who may read needs the right to read and write permissions.")
}

fn write_in_words(after: &Acl) -> String {
    match as_write(after) {
        AclWrite::Canned(canned) => format!("x-amz-acl: {}", canned.as_str()),
        AclWrite::Exact(acl) => grid::in_words(&acl).join("\n"),
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use dipper_storage::Owner;

    use super::*;

    fn acl(grants: &[(Grantee, Right)]) -> Acl {
        let owner = Grantee::User {
            id: "anna".to_owned(),
            display_name: Some("Anna".to_owned()),
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

    fn bob() -> (Grantee, Right) {
        (
            Grantee::User {
                id: "bob".to_owned(),
                display_name: None,
            },
            Right::Read,
        )
    }

    #[test]
    fn a_plain_list_is_written_as_its_canned_twin() {
        let public = acl(&[(Grantee::AllUsers, Right::Read)]);
        assert_eq!(opened(&acl(&[])).as_ref(), Some(&public));
        assert_eq!(closed(&public), Some(acl(&[])));
        assert!(matches!(as_write(&public), AclWrite::Canned(CannedAcl::PublicRead)));
        assert!(matches!(as_write(&acl(&[])), AclWrite::Canned(CannedAcl::Private)));
        assert!(opened(&public).is_none() && closed(&acl(&[])).is_none());
    }

    #[test]
    fn grants_to_others_stay_both_ways() {
        let shared = acl(&[bob()]);
        let open = opened(&shared).unwrap();
        assert_eq!(
            grid::in_words(&open),
            ["Owner: Full control", "bob: Read", "All users: Read"]
        );
        assert!(matches!(as_write(&open), AclWrite::Exact(sent) if sent == open));
        assert_eq!(closed(&open), Some(shared));
    }

    #[test]
    fn closing_takes_every_right_of_everyone() {
        let wild = acl(&[
            (Grantee::AllUsers, Right::FullControl),
            bob(),
            (Grantee::AllUsers, Right::WriteAcp),
        ]);
        assert_eq!(closed(&wild), Some(acl(&[bob()])));
    }

    #[test]
    fn what_is_sent_is_said() {
        let bucket = BucketName::parse("photos").unwrap();
        let writes = Writes {
            bucket_acl: Some((acl(&[]), opened(&acl(&[])))),
            policy: None,
            objects: ObjectsWrite::Nothing,
        };
        let text = exact_acl(&bucket, &writes);
        assert_eq!(text, "PUT /photos?acl\nx-amz-acl: public-read");
    }
}
