//! ACLs between the SDK's types and ours. A grant that we do not understand is an error: writing the list back would
//! take it away unseen.

use aws_sdk_s3::types::{
    AccessControlPolicy, Grant as SdkGrant, Grantee as SdkGrantee, Owner as SdkOwner, Permission, Type,
};

use super::{Acl, Grant, Grantee, Owner, Right};
use crate::buckets::owner_of;
use crate::call::Call;
use crate::error::{ErrorKind, Result};

const ALL_USERS: &str = "http://acs.amazonaws.com/groups/global/AllUsers";
const AUTHENTICATED_USERS: &str = "http://acs.amazonaws.com/groups/global/AuthenticatedUsers";
const LOG_DELIVERY: &str = "http://acs.amazonaws.com/groups/s3/LogDelivery";

pub(super) fn read(call: &Call, owner: Option<&SdkOwner>, grants: &[SdkGrant]) -> Result<Acl> {
    let Some(owner) = owner.and_then(owner_of) else {
        return Err(call
            .error(ErrorKind::Unsupported)
            .with_detail("the server names no owner, so its permissions cannot be read"));
    };
    let grants: Option<Vec<Grant>> = grants.iter().map(read_grant).collect();
    match grants {
        Some(grants) => Ok(Acl { owner, grants }),
        None => Err(call
            .error(ErrorKind::Corrupt)
            .with_detail("the server lists a permission of an unknown kind")),
    }
}

fn read_grant(grant: &SdkGrant) -> Option<Grant> {
    let right = match grant.permission()? {
        Permission::FullControl => Right::FullControl,
        Permission::Read => Right::Read,
        Permission::Write => Right::Write,
        Permission::ReadAcp => Right::ReadAcp,
        Permission::WriteAcp => Right::WriteAcp,
        _ => return None,
    };
    Some(Grant {
        grantee: read_grantee(grant.grantee()?)?,
        right,
    })
}

/// The type attribute is not to be relied on: some servers leave it out or write it in another namespace.
fn read_grantee(grantee: &SdkGrantee) -> Option<Grantee> {
    if let Some(uri) = grantee.uri() {
        return Some(match uri {
            ALL_USERS => Grantee::AllUsers,
            AUTHENTICATED_USERS => Grantee::AuthenticatedUsers,
            LOG_DELIVERY => Grantee::LogDelivery,
            other => Grantee::OtherGroup(other.to_owned()),
        });
    }
    if let Some(id) = grantee.id() {
        let display_name = grantee
            .display_name()
            .filter(|name| !name.is_empty())
            .map(str::to_owned);
        return Some(Grantee::User {
            id: id.to_owned(),
            display_name,
        });
    }
    grantee
        .email_address()
        .map(|address| Grantee::Email(address.to_owned()))
}

pub(super) fn write(call: &Call, acl: &Acl) -> Result<AccessControlPolicy> {
    let mut document = AccessControlPolicy::builder().owner(write_owner(&acl.owner));
    document = document.set_grants(Some(Vec::new()));
    for grant in &acl.grants {
        let grantee = write_grantee(&grant.grantee).map_err(|error| {
            call.error(ErrorKind::InvalidInput)
                .with_detail("the list of permissions is not complete")
                .with_source(error)
        })?;
        document = document.grants(
            SdkGrant::builder()
                .grantee(grantee)
                .permission(permission(grant.right))
                .build(),
        );
    }
    Ok(document.build())
}

fn write_owner(owner: &Owner) -> SdkOwner {
    SdkOwner::builder()
        .id(&owner.id)
        .set_display_name(owner.display_name.clone())
        .build()
}

fn write_grantee(grantee: &Grantee) -> std::result::Result<SdkGrantee, aws_sdk_s3::error::BuildError> {
    let group = |uri: &str| SdkGrantee::builder().r#type(Type::Group).uri(uri).build();
    match grantee {
        Grantee::User { id, display_name } => SdkGrantee::builder()
            .r#type(Type::CanonicalUser)
            .id(id)
            .set_display_name(display_name.clone())
            .build(),
        Grantee::Email(address) => SdkGrantee::builder()
            .r#type(Type::AmazonCustomerByEmail)
            .email_address(address)
            .build(),
        Grantee::AllUsers => group(ALL_USERS),
        Grantee::AuthenticatedUsers => group(AUTHENTICATED_USERS),
        Grantee::LogDelivery => group(LOG_DELIVERY),
        Grantee::OtherGroup(uri) => group(uri),
    }
}

fn permission(right: Right) -> Permission {
    match right {
        Right::FullControl => Permission::FullControl,
        Right::Read => Permission::Read,
        Right::Write => Permission::Write,
        Right::ReadAcp => Permission::ReadAcp,
        Right::WriteAcp => Permission::WriteAcp,
    }
}
