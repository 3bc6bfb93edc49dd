//! Names: who the owner is, which bucket a path means, and how a bucket may be called.

use s3s::dto;
use s3s::path::check_bucket_name;
use s3s::{S3Error, S3ErrorCode, S3Result};

/// The one tenant (Project ID) and the one user of a server.
#[derive(Debug, Clone)]
pub(crate) struct Names {
    tenant: String,
    owner_id: String,
}

impl Names {
    /// None when the tenant cannot stand in a path or an owner id.
    pub(crate) fn new(tenant: &str) -> Option<Self> {
        let valid = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
        let fits = (1..=64).contains(&tenant.len()) && tenant.bytes().all(valid);
        fits.then(|| Self {
            tenant: tenant.to_owned(),
            owner_id: format!("{tenant}$local"),
        })
    }

    pub(crate) fn tenant(&self) -> &str {
        &self.tenant
    }

    /// `tenant$user`, as Ceph's gateway writes it.
    pub(crate) fn owner_id(&self) -> &str {
        &self.owner_id
    }

    pub(crate) fn owner(&self) -> dto::Owner {
        dto::Owner {
            display_name: Some("Local storage".to_owned()),
            id: Some(self.owner_id.clone()),
        }
    }

    /// The bucket that the first segment of a path means: `bucket` and `tenant:bucket` are the same one, and another
    /// tenant's bucket does not exist.
    pub(crate) fn bucket(&self, segment: &str) -> S3Result<String> {
        match segment.split_once(':') {
            None => Ok(segment.to_owned()),
            Some((tenant, bucket)) if tenant == self.tenant => Ok(bucket.to_owned()),
            Some(_) => Err(S3Error::with_message(
                S3ErrorCode::NoSuchBucket,
                "There is no such tenant here.",
            )),
        }
    }

    /// Like [`Names::bucket`], for a bucket about to be created: S3's naming rules apply.
    pub(crate) fn new_bucket(&self, segment: &str) -> S3Result<String> {
        let name = self.bucket(segment)?;
        if check_bucket_name(&name) {
            return Ok(name);
        }
        let message = "A bucket name has 3 to 63 characters, only a-z, 0-9, dots and hyphens, begins and ends with a \
                       letter or digit, and does not look like an IP address.";
        Err(S3Error::with_message(S3ErrorCode::InvalidBucketName, message))
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn both_spellings_of_a_bucket_are_the_same() {
        let names = Names::new("abc123").unwrap();
        assert_eq!(names.bucket("photos").unwrap(), "photos");
        assert_eq!(names.bucket("abc123:photos").unwrap(), "photos");
        assert_eq!(
            names.bucket("other:photos").unwrap_err().code(),
            &S3ErrorCode::NoSuchBucket
        );
        assert_eq!(names.bucket(":photos").unwrap_err().code(), &S3ErrorCode::NoSuchBucket);
        assert_eq!(names.owner_id(), "abc123$local");
    }

    #[test]
    fn tenants_that_would_break_paths_are_refused() {
        for tenant in ["", "a/b", "a:b", "a$b", "a b", "é"] {
            assert!(Names::new(tenant).is_none(), "{tenant:?}");
        }
    }

    #[test]
    fn bucket_names_follow_the_rules_of_s3() {
        let names = Names::new("t").unwrap();
        for good in ["abc", "1-bucket-using-python", "a.b-c.d"] {
            assert!(names.new_bucket(good).is_ok(), "{good}");
        }
        let long = "a".repeat(64);
        for bad in [
            "ab",
            "Abc",
            "a_b",
            "-abc",
            "abc-",
            "a..b",
            "192.168.1.1",
            "xn--abc",
            long.as_str(),
        ] {
            assert!(names.new_bucket(bad).is_err(), "{bad}");
        }
    }
}
