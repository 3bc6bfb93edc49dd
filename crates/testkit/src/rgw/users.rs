//! The users of a test gateway, and `radosgw-admin`, which makes them.
//!
//! Their keys are fixed and public: they open nothing but a gateway on loopback that lives for one test run.

use std::path::Path;
use std::thread;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::process::run;
use crate::{Error, ErrorKind};

/// The Project ID of the test gateway, in the form OpenStack gives them.
pub(super) const TENANT: &str = "0123456789abcdef0123456789abcdef";

/// `radosgw-admin` waits for the OSD, so the first call may take as long as a cold start on a busy machine.
const ADMIN_LIMIT: Duration = Duration::from_secs(90);

/// A user of the gateway and its only key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct User {
    /// The name inside its tenant.
    pub uid: String,
    /// The tenant (Project ID) it belongs to, if any.
    pub tenant: Option<String>,
    /// Its access key.
    pub access_key_id: String,
    /// Its secret key.
    pub secret_access_key: String,
}

impl User {
    fn new(uid: &str, tenant: Option<&str>, access_key_id: &str, secret_access_key: &str) -> Self {
        Self {
            uid: uid.into(),
            tenant: tenant.map(Into::into),
            access_key_id: access_key_id.into(),
            secret_access_key: secret_access_key.into(),
        }
    }

    /// The owner id the gateway shows for this user's buckets: `tenant$uid`, or `uid`.
    pub fn owner_id(&self) -> String {
        match &self.tenant {
            Some(tenant) => format!("{tenant}${}", self.uid),
            None => self.uid.clone(),
        }
    }
}

/// The users every test gateway has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Users {
    /// A project's user, as OpenStack makes them: its uid is the Project ID. The usual one.
    pub tenant: User,
    /// Another user of the same project, for grants between users.
    pub second: User,
    /// A user of no project.
    pub without_tenant: User,
    /// May hold 5 objects or 1 MiB ([`Users::QUOTA_OBJECTS`], [`Users::QUOTA_BYTES`]).
    pub quota: User,
    /// May hold 2 buckets ([`Users::MAX_BUCKETS`]).
    pub max_buckets: User,
}

impl Users {
    /// How many objects [`Users::quota`] may hold.
    pub const QUOTA_OBJECTS: u32 = 5;
    /// How many bytes [`Users::quota`] may hold.
    pub const QUOTA_BYTES: u32 = 1 << 20;
    /// How many buckets [`Users::max_buckets`] may hold.
    pub const MAX_BUCKETS: u32 = 2;

    /// All of them.
    pub fn all(&self) -> [&User; 5] {
        [
            &self.tenant,
            &self.second,
            &self.without_tenant,
            &self.quota,
            &self.max_buckets,
        ]
    }
}

impl Default for Users {
    fn default() -> Self {
        let tenant = Some(TENANT);
        Self {
            tenant: User::new(
                TENANT,
                tenant,
                "TESTTENANTACCESSKEY0",
                "testTenantSecretKey000000000000000000000",
            ),
            second: User::new(
                "second",
                tenant,
                "TESTTENANTSECONDKEY0",
                "testTenantSecondKey00000000000000000000",
            ),
            without_tenant: User::new(
                "main",
                None,
                "TESTMAINACCESSKEY000",
                "testMainSecretKey0000000000000000000000t",
            ),
            quota: User::new(
                "quota",
                tenant,
                "TESTQUOTAACCESSKEY00",
                "testQuotaSecretKey000000000000000000000",
            ),
            max_buckets: User::new(
                "nobkt",
                tenant,
                "TESTNOBUCKETKEY00000",
                "testNoBucketSecretKey000000000000000000",
            ),
        }
    }
}

/// Makes the first user. This creates the default zone too, so the gateway then starts at once.
pub(super) fn create_first(config: &Path) -> Result<(), Error> {
    create(config, &Users::default().tenant, &[])
}

/// Makes the other users, at the same time: most of a `radosgw-admin` call is waiting.
pub(super) fn create_others(config: &Path) -> Result<(), Error> {
    let users = Users::default();
    let objects = format!("--rgw-user-default-quota-max-objects={}", Users::QUOTA_OBJECTS);
    let bytes = format!("--rgw-user-default-quota-max-size={}", Users::QUOTA_BYTES);
    let buckets = format!("--max-buckets={}", Users::MAX_BUCKETS);
    let wanted: [(&User, &[&str]); 4] = [
        (&users.second, &[]),
        (&users.without_tenant, &[]),
        (&users.quota, &[&objects, &bytes]),
        (&users.max_buckets, &[&buckets]),
    ];
    thread::scope(|scope| {
        let running = wanted.map(|(user, extra)| scope.spawn(move || create(config, user, extra)));
        running
            .into_iter()
            .try_for_each(|creation| creation.join().unwrap_or_else(|_| Err(panicked())))
    })
}

/// Runs `radosgw-admin` against the cluster of this configuration.
pub(super) fn admin(config: &Path, arguments: &[&str]) -> Result<String, Error> {
    let config = config.display().to_string();
    let all = ["-c", &config, "-n", "client.rgw.a"]
        .into_iter()
        .chain(arguments.iter().copied());
    run("radosgw-admin", all, ADMIN_LIMIT)
}

fn create(config: &Path, user: &User, extra: &[&str]) -> Result<(), Error> {
    let mut arguments = vec!["user", "create", "--uid", &user.uid, "--display-name", &user.uid];
    if let Some(tenant) = &user.tenant {
        arguments.extend(["--tenant", tenant]);
    }
    arguments.extend(["--access-key", &user.access_key_id, "--secret", &user.secret_access_key]);
    arguments.extend(extra);
    admin(config, &arguments).map(drop)
}

fn panicked() -> Error {
    Error::new(ErrorKind::Failed, "create the gateway's users")
}
