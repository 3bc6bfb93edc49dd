//! Access control lists: canned ones, `x-amz-grant-*` headers, and the XML document, to and from one list of grants.
//!
//! There is one owner. Grants to other canonical users are stored and shown as given; nobody else can sign requests
//! here, so only the owner and the groups ever matter. Unsigned requests are in the group `AllUsers`.

use s3s::{S3Error, S3ErrorCode, S3Result, dto};
use serde::{Deserialize, Serialize};

/// S3's own limit of grants in one list.
const MAX_GRANTS: usize = 100;

const ALL_USERS: &str = "http://acs.amazonaws.com/groups/global/AllUsers";
const AUTHENTICATED_USERS: &str = "http://acs.amazonaws.com/groups/global/AuthenticatedUsers";
const LOG_DELIVERY: &str = "http://acs.amazonaws.com/groups/s3/LogDelivery";

/// Who is granted something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Grantee {
    /// A user by canonical id.
    User(String),
    /// A group by its URI.
    Group(String),
}

/// What is granted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Permission {
    Read,
    Write,
    ReadAcp,
    WriteAcp,
    FullControl,
}

impl Permission {
    const ALL: [Self; 5] = [
        Self::Read,
        Self::Write,
        Self::ReadAcp,
        Self::WriteAcp,
        Self::FullControl,
    ];

    fn name(self) -> &'static str {
        match self {
            Self::Read => dto::Permission::READ,
            Self::Write => dto::Permission::WRITE,
            Self::ReadAcp => dto::Permission::READ_ACP,
            Self::WriteAcp => dto::Permission::WRITE_ACP,
            Self::FullControl => dto::Permission::FULL_CONTROL,
        }
    }
}

/// One line of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Grant {
    pub(crate) grantee: Grantee,
    pub(crate) permission: Permission,
}

/// An access control list, in the order given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Acl(Vec<Grant>);

/// What a request says about an access control list, in any of S3's three ways.
#[derive(Debug, Default)]
pub(crate) struct Wanted {
    pub(crate) canned: Option<String>,
    pub(crate) read: Option<String>,
    pub(crate) write: Option<String>,
    pub(crate) read_acp: Option<String>,
    pub(crate) write_acp: Option<String>,
    pub(crate) full_control: Option<String>,
    pub(crate) document: Option<dto::AccessControlPolicy>,
}

/// Buckets know a canned list more than objects do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Resource {
    Bucket,
    Object,
}

impl Acl {
    /// Nobody but the owner.
    pub(crate) fn private(owner: &str) -> Self {
        Self(vec![Grant {
            grantee: Grantee::User(owner.to_owned()),
            permission: Permission::FullControl,
        }])
    }

    /// The list a request asks for; none if it says nothing about it.
    pub(crate) fn wanted(wanted: Wanted, resource: Resource, owner: &str) -> S3Result<Option<Self>> {
        let headers = header_grants(&wanted)?;
        match (wanted.canned, headers.is_empty(), wanted.document) {
            (None, true, None) => Ok(None),
            (Some(canned), true, None) => Self::canned(&canned, resource, owner).map(Some),
            (None, false, None) => Self::checked(headers).map(Some),
            (None, true, Some(document)) => Self::from_document(document, owner).map(Some),
            (Some(_), false, None) => Err(error(
                S3ErrorCode::InvalidRequest,
                "Specifying both Canned ACLs and Header Grants is not allowed.",
            )),
            (_, _, Some(_)) => Err(error(
                S3ErrorCode::UnexpectedContent,
                "An access control list is given either in headers or in the body.",
            )),
        }
    }

    fn canned(name: &str, resource: Resource, owner: &str) -> S3Result<Self> {
        let group = |uri: &str, permission| Grant {
            grantee: Grantee::Group(uri.to_owned()),
            permission,
        };
        let mut acl = Self::private(owner);
        match (name, resource) {
            // The owner of the bucket is the owner of every object in it.
            ("private", _) | ("bucket-owner-read" | "bucket-owner-full-control", Resource::Object) => {}
            ("public-read", _) => acl.0.push(group(ALL_USERS, Permission::Read)),
            ("public-read-write", _) => {
                acl.0.push(group(ALL_USERS, Permission::Read));
                acl.0.push(group(ALL_USERS, Permission::Write));
            }
            ("authenticated-read", _) => acl.0.push(group(AUTHENTICATED_USERS, Permission::Read)),
            ("log-delivery-write", Resource::Bucket) => {
                acl.0.push(group(LOG_DELIVERY, Permission::Write));
                acl.0.push(group(LOG_DELIVERY, Permission::ReadAcp));
            }
            _ => {
                return Err(error(
                    S3ErrorCode::InvalidArgument,
                    "This canned access control list is not known here.",
                ));
            }
        }
        Ok(acl)
    }

    fn from_document(document: dto::AccessControlPolicy, owner: &str) -> S3Result<Self> {
        let named = document.owner.and_then(|owner| owner.id);
        if named.is_some_and(|id| id != owner) {
            return Err(error(
                S3ErrorCode::AccessDenied,
                "The owner of a bucket or an object cannot be changed.",
            ));
        }
        let grants = document.grants.unwrap_or_default();
        Self::checked(grants.into_iter().map(grant_from_document).collect::<S3Result<_>>()?)
    }

    fn checked(grants: Vec<Grant>) -> S3Result<Self> {
        if grants.len() > MAX_GRANTS {
            return Err(error(
                S3ErrorCode::MalformedACLError,
                "An access control list holds at most 100 grants.",
            ));
        }
        Ok(Self(grants))
    }

    /// Whether everybody, signed in or not, has this permission.
    pub(crate) fn grants_everyone(&self, permission: Permission) -> bool {
        self.0.iter().any(|grant| {
            matches!(&grant.grantee, Grantee::Group(uri) if uri == ALL_USERS)
                && (grant.permission == permission || grant.permission == Permission::FullControl)
        })
    }

    pub(crate) fn to_document(&self, owner: &dto::Owner) -> Vec<dto::Grant> {
        self.0.iter().map(|grant| grant_to_document(grant, owner)).collect()
    }
}

fn error(code: S3ErrorCode, message: &'static str) -> S3Error {
    S3Error::with_message(code, message)
}

fn header_grants(wanted: &Wanted) -> S3Result<Vec<Grant>> {
    let headers = [
        (&wanted.full_control, Permission::FullControl),
        (&wanted.read, Permission::Read),
        (&wanted.write, Permission::Write),
        (&wanted.read_acp, Permission::ReadAcp),
        (&wanted.write_acp, Permission::WriteAcp),
    ];
    let mut grants = Vec::new();
    for (header, permission) in headers {
        for grantee in header.iter().flat_map(|value| value.split(',')) {
            grants.push(Grant {
                grantee: header_grantee(grantee)?,
                permission,
            });
        }
    }
    Ok(grants)
}

/// One `id="…"`, `uri="…"` or `emailAddress="…"` of an `x-amz-grant-*` header; the quotes may be missing.
fn header_grantee(text: &str) -> S3Result<Grantee> {
    let invalid = || {
        error(
            S3ErrorCode::InvalidArgument,
            "A grant header holds id=\"…\" or uri=\"…\" entries.",
        )
    };
    let (kind, value) = text.split_once('=').ok_or_else(invalid)?;
    let value = value.trim().trim_matches('"').to_owned();
    match kind.trim().to_ascii_lowercase().as_str() {
        "id" if !value.is_empty() => Ok(Grantee::User(value)),
        "uri" => known_group(value),
        "emailaddress" => Err(by_email()),
        _ => Err(invalid()),
    }
}

fn known_group(uri: String) -> S3Result<Grantee> {
    if [ALL_USERS, AUTHENTICATED_USERS, LOG_DELIVERY].contains(&uri.as_str()) {
        return Ok(Grantee::Group(uri));
    }
    Err(error(
        S3ErrorCode::InvalidArgument,
        "This group is not known; S3 has AllUsers and AuthenticatedUsers.",
    ))
}

fn by_email() -> S3Error {
    error(
        S3ErrorCode::UnresolvableGrantByEmailAddress,
        "Local storage knows no e-mail addresses; name the user by id.",
    )
}

fn grant_from_document(grant: dto::Grant) -> S3Result<Grant> {
    let malformed = || {
        error(
            S3ErrorCode::MalformedACLError,
            "A grant needs one grantee and one permission.",
        )
    };
    let grantee = grant.grantee.ok_or_else(malformed)?;
    let grantee = match (grantee.id, grantee.uri, grantee.email_address) {
        (Some(id), None, None) if !id.is_empty() => Grantee::User(id),
        (None, Some(uri), None) => known_group(uri)?,
        (None, None, Some(_)) => return Err(by_email()),
        _ => return Err(malformed()),
    };
    let name = grant.permission.ok_or_else(malformed)?;
    let permission = Permission::ALL
        .into_iter()
        .find(|permission| permission.name() == name.as_str());
    Ok(Grant {
        grantee,
        permission: permission.ok_or_else(malformed)?,
    })
}

fn grant_to_document(grant: &Grant, owner: &dto::Owner) -> dto::Grant {
    let (kind, id, uri) = match &grant.grantee {
        Grantee::User(id) => (dto::Type::CANONICAL_USER, Some(id.clone()), None),
        Grantee::Group(uri) => (dto::Type::GROUP, None, Some(uri.clone())),
    };
    let is_owner = id.is_some() && id == owner.id;
    let grantee = dto::Grantee {
        display_name: owner.display_name.clone().filter(|_| is_owner),
        email_address: None,
        id,
        type_: dto::Type::from_static(kind),
        uri,
    };
    dto::Grant {
        grantee: Some(grantee),
        permission: Some(dto::Permission::from_static(grant.permission.name())),
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    fn wanted(wanted: Wanted) -> S3Result<Acl> {
        Acl::wanted(wanted, Resource::Object, "t$local").map(Option::unwrap)
    }

    fn canned(name: &str) -> S3Result<Acl> {
        wanted(Wanted {
            canned: Some(name.to_owned()),
            ..Wanted::default()
        })
    }

    #[test]
    fn canned_lists_say_what_they_promise() {
        assert!(!canned("private").unwrap().grants_everyone(Permission::Read));
        assert!(!canned("authenticated-read").unwrap().grants_everyone(Permission::Read));
        assert!(canned("public-read").unwrap().grants_everyone(Permission::Read));
        assert!(!canned("public-read").unwrap().grants_everyone(Permission::ReadAcp));
        assert!(canned("public-read-write").unwrap().grants_everyone(Permission::Write));
        assert_eq!(
            canned("no-such-list").unwrap_err().code(),
            &S3ErrorCode::InvalidArgument
        );
    }

    #[test]
    fn full_control_is_every_permission() {
        let everyone = Some(format!("uri=\"{ALL_USERS}\""));
        let acl = wanted(Wanted {
            full_control: everyone,
            ..Wanted::default()
        })
        .unwrap();
        assert!(
            Permission::ALL
                .into_iter()
                .all(|permission| acl.grants_everyone(permission))
        );
    }

    #[test]
    fn grant_headers_take_several_grantees() {
        let read = Some(format!("id=\"someone\", uri={AUTHENTICATED_USERS}"));
        let acl = wanted(Wanted {
            read,
            ..Wanted::default()
        })
        .unwrap();
        assert_eq!(acl.0.len(), 2);
        assert_eq!(acl.0[0].grantee, Grantee::User("someone".to_owned()));
    }

    #[test]
    fn two_ways_at_once_are_refused() {
        let both = Wanted {
            canned: Some("private".to_owned()),
            read: Some("id=a".to_owned()),
            ..Wanted::default()
        };
        assert_eq!(wanted(both).unwrap_err().code(), &S3ErrorCode::InvalidRequest);
        let email = Wanted {
            read: Some("emailAddress=\"a@b.c\"".to_owned()),
            ..Wanted::default()
        };
        assert_eq!(
            wanted(email).unwrap_err().code(),
            &S3ErrorCode::UnresolvableGrantByEmailAddress
        );
    }

    #[test]
    fn a_document_round_trips() {
        let owner = dto::Owner {
            display_name: Some("Me".to_owned()),
            id: Some("t$local".to_owned()),
        };
        let acl = canned("public-read").unwrap();
        let document = dto::AccessControlPolicy {
            grants: Some(acl.to_document(&owner)),
            owner: Some(owner),
        };
        assert_eq!(
            wanted(Wanted {
                document: Some(document),
                ..Wanted::default()
            })
            .unwrap(),
            acl
        );
    }
}
