//! Access control lists of buckets and objects.

mod wire;

use crate::call::{sdk_key, send};
use crate::client::Client;
use crate::error::Result;
use crate::names::{BucketName, ObjectKey};

/// An ACL that has a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub enum CannedAcl {
    /// The owner alone.
    Private,
    /// Everyone may read. On a bucket that is listing, not reading its objects.
    PublicRead,
    /// Everyone may read and write.
    PublicReadWrite,
    /// Every user of the server may read.
    AuthenticatedRead,
    /// The bucket's owner may read the object.
    BucketOwnerRead,
    /// The bucket's owner may do everything with the object.
    BucketOwnerFullControl,
}

impl CannedAcl {
    /// As S3 spells it: `public-read`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Private => "private",
            Self::PublicRead => "public-read",
            Self::PublicReadWrite => "public-read-write",
            Self::AuthenticatedRead => "authenticated-read",
            Self::BucketOwnerRead => "bucket-owner-read",
            Self::BucketOwnerFullControl => "bucket-owner-full-control",
        }
    }
}

/// The owner of a bucket or object.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Owner {
    /// The canonical id; `tenant$user` on Ceph RGW.
    pub id: String,
    /// The name for people.
    pub display_name: Option<String>,
}

/// Who is granted something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Grantee {
    /// One user.
    User {
        /// The canonical id.
        id: String,
        /// The name for people.
        display_name: Option<String>,
    },
    /// One user, by e-mail address.
    Email(String),
    /// Everyone, with or without credentials.
    AllUsers,
    /// Every user of the server.
    AuthenticatedUsers,
    /// Amazon's log delivery.
    LogDelivery,
    /// A group that we do not know, by its URI.
    OtherGroup(String),
}

/// What is granted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Right {
    /// All of the others.
    FullControl,
    /// Read an object, list a bucket.
    Read,
    /// Write into a bucket.
    Write,
    /// Read the ACL.
    ReadAcp,
    /// Change the ACL.
    WriteAcp,
}

/// One line of an ACL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    /// Who.
    pub grantee: Grantee,
    /// May do what.
    pub right: Right,
}

/// An access control list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Acl {
    /// The owner, who can always change it.
    pub owner: Owner,
    /// The grants, in the server's order.
    pub grants: Vec<Grant>,
}

impl Acl {
    /// Whether this very grantee was granted the right, by itself or as full control. Users are compared by id.
    pub fn allows(&self, grantee: &Grantee, right: Right) -> bool {
        self.grants.iter().any(|grant| {
            same_grantee(&grant.grantee, grantee) && (grant.right == right || grant.right == Right::FullControl)
        })
    }
}

fn same_grantee(a: &Grantee, b: &Grantee) -> bool {
    match (a, b) {
        (Grantee::User { id: a, .. }, Grantee::User { id: b, .. }) => a == b,
        _ => a == b,
    }
}

impl Client {
    /// The ACL of a bucket.
    pub async fn bucket_acl(&self, bucket: &BucketName) -> Result<Acl> {
        let call = self.bucket_call("GetBucketAcl", bucket);
        let request = self.sdk().get_bucket_acl().bucket(bucket.as_str());
        let answer = send!(call, request)?;
        wire::read(&call, answer.owner(), answer.grants())
    }

    /// The ACL of an object.
    pub async fn object_acl(&self, bucket: &BucketName, key: &ObjectKey) -> Result<Acl> {
        let call = self.object_call("GetObjectAcl", bucket, key);
        let request = self.sdk().get_object_acl().bucket(bucket.as_str()).key(sdk_key(key));
        let answer = send!(call, request)?;
        wire::read(&call, answer.owner(), answer.grants())
    }

    /// Gives a bucket a canned ACL.
    pub async fn put_bucket_canned_acl(&self, bucket: &BucketName, acl: CannedAcl) -> Result<()> {
        let call = self.bucket_call("PutBucketAcl", bucket).with_digest();
        let request = self
            .sdk()
            .put_bucket_acl()
            .bucket(bucket.as_str())
            .acl(acl.as_str().into());
        send!(call, request)?;
        Ok(())
    }

    /// Gives an object a canned ACL.
    pub async fn put_object_canned_acl(&self, bucket: &BucketName, key: &ObjectKey, acl: CannedAcl) -> Result<()> {
        let call = self.object_call("PutObjectAcl", bucket, key).with_digest();
        let request = self
            .sdk()
            .put_object_acl()
            .bucket(bucket.as_str())
            .key(sdk_key(key))
            .acl(acl.as_str().into());
        send!(call, request)?;
        Ok(())
    }

    /// Replaces a bucket's ACL by exactly these grants; the owner must be the one that was read.
    pub async fn put_bucket_acl(&self, bucket: &BucketName, acl: &Acl) -> Result<()> {
        let call = self.bucket_call("PutBucketAcl", bucket).with_digest();
        let document = wire::write(&call, acl)?;
        let request = self
            .sdk()
            .put_bucket_acl()
            .bucket(bucket.as_str())
            .access_control_policy(document);
        send!(call, request)?;
        Ok(())
    }

    /// Replaces an object's ACL by exactly these grants; the owner must be the one that was read.
    pub async fn put_object_acl(&self, bucket: &BucketName, key: &ObjectKey, acl: &Acl) -> Result<()> {
        let call = self.object_call("PutObjectAcl", bucket, key).with_digest();
        let document = wire::write(&call, acl)?;
        let request = self.sdk().put_object_acl().bucket(bucket.as_str()).key(sdk_key(key));
        let request = request.access_control_policy(document);
        send!(call, request)?;
        Ok(())
    }
}
