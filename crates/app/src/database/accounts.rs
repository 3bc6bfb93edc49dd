//! Accounts and the buckets added to them, as rows.

use dipper_storage::{Addressing, Endpoint, Scheme, SignatureVersion};
use rusqlite::{OptionalExtension as _, Row, named_params};

use super::{Database, DatabaseError};
use crate::accounts::{AccountId, AccountKind};
use crate::error::Result;

/// An account as it is saved. The secret is elsewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SavedAccount {
    pub(crate) id: AccountId,
    pub(crate) name: String,
    pub(crate) kind: AccountKind,
    pub(crate) endpoint: Endpoint,
    /// Whether the user agreed to plain http to this endpoint.
    pub(crate) plain_http_consent: bool,
    pub(crate) access_key_id: String,
    /// Whether the secret was put into the keychain when it was last saved.
    pub(crate) secret_in_keychain: bool,
    pub(crate) project_id: Option<String>,
    pub(crate) region: String,
    pub(crate) addressing: Addressing,
    pub(crate) signature: SignatureVersion,
    pub(crate) ca: Option<SavedCa>,
    pub(crate) pinned_certificate: Option<[u8; 32]>,
}

/// A CA certificate that is trusted for one account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SavedCa {
    pub(crate) name: String,
    pub(crate) pem: Vec<u8>,
}

const COLUMNS: &str = "id, name, kind, endpoint, access_key_id, secret_in_keychain, project_id, region, addressing, \
     signature, ca_name, ca_pem, pinned_certificate, plain_http_consent";

impl Database {
    /// All accounts, in the order they were added.
    pub(crate) async fn accounts(&self) -> Result<Vec<SavedAccount>> {
        self.call("read the accounts", |connection| {
            let mut statement = connection.prepare(&format!("SELECT {COLUMNS} FROM accounts ORDER BY position"))?;
            let mut rows = statement.query([])?;
            let mut accounts = Vec::new();
            while let Some(row) = rows.next()? {
                accounts.push(account(row)?);
            }
            Ok(accounts)
        })
        .await
    }

    /// One account.
    pub(crate) async fn account(&self, id: &AccountId) -> Result<Option<SavedAccount>> {
        let id = id.clone();
        self.call("read the account", move |connection| {
            let sql = format!("SELECT {COLUMNS} FROM accounts WHERE id = ?1");
            let found = connection
                .query_row(&sql, [id.as_str()], |row| Ok(account(row)))
                .optional()?;
            found.transpose()
        })
        .await
    }

    /// Saves an account, new or in place of the one with its id.
    pub(crate) async fn save_account(&self, saved: SavedAccount) -> Result<()> {
        self.call("save the account", move |connection| {
            connection.execute(
                "INSERT INTO accounts (id, name, kind, endpoint, access_key_id, secret_in_keychain, project_id, region, \
                 addressing, signature, ca_name, ca_pem, pinned_certificate, plain_http_consent) \
                 VALUES (:id, :name, :kind, :endpoint, :key, :keychain, :project, :region, :addressing, :signature, \
                 :ca_name, :ca_pem, :pinned, :plain) ON CONFLICT (id) DO UPDATE SET name = :name, kind = :kind, \
                 endpoint = :endpoint, access_key_id = :key, secret_in_keychain = :keychain, project_id = :project, \
                 region = :region, addressing = :addressing, signature = :signature, ca_name = :ca_name, \
                 ca_pem = :ca_pem, pinned_certificate = :pinned, plain_http_consent = :plain",
                named_params! {
                    ":id": saved.id.as_str(),
                    ":name": saved.name,
                    ":kind": kind_text(saved.kind),
                    ":endpoint": saved.endpoint.to_string(),
                    ":key": saved.access_key_id,
                    ":keychain": saved.secret_in_keychain,
                    ":project": saved.project_id,
                    ":region": saved.region,
                    ":addressing": addressing_text(saved.addressing),
                    ":signature": signature_text(saved.signature),
                    ":ca_name": saved.ca.as_ref().map(|ca| &ca.name),
                    ":ca_pem": saved.ca.as_ref().map(|ca| &ca.pem),
                    ":pinned": saved.pinned_certificate,
                    ":plain": saved.plain_http_consent,
                },
            )?;
            Ok(())
        })
        .await
    }

    /// Removes an account and the buckets added to it.
    pub(crate) async fn remove_account(&self, id: &AccountId) -> Result<()> {
        let id = id.clone();
        self.call("remove the account", move |connection| {
            connection.execute("DELETE FROM accounts WHERE id = ?1", [id.as_str()])?;
            Ok(())
        })
        .await
    }

    /// The names of the buckets added to an account, sorted.
    pub(crate) async fn added_buckets(&self, account: &AccountId) -> Result<Vec<String>> {
        let account = account.clone();
        self.call("read the added buckets", move |connection| {
            let mut statement =
                connection.prepare("SELECT name FROM added_buckets WHERE account = ?1 ORDER BY name")?;
            let names = statement.query_map([account.as_str()], |row| row.get(0))?;
            Ok(names.collect::<rusqlite::Result<_>>()?)
        })
        .await
    }

    /// Remembers a bucket by name. One that is there stays.
    pub(crate) async fn add_bucket(&self, account: &AccountId, name: &str) -> Result<()> {
        let row = (account.to_string(), name.to_owned());
        self.call("add the bucket", move |connection| {
            connection.execute(
                "INSERT OR IGNORE INTO added_buckets (account, name) VALUES (?1, ?2)",
                row,
            )?;
            Ok(())
        })
        .await
    }

    /// Forgets a bucket that was added by name; says whether it was.
    pub(crate) async fn forget_bucket(&self, account: &AccountId, name: &str) -> Result<bool> {
        let row = (account.to_string(), name.to_owned());
        self.call("forget the bucket", move |connection| {
            Ok(connection.execute("DELETE FROM added_buckets WHERE account = ?1 AND name = ?2", row)? > 0)
        })
        .await
    }
}

fn account(row: &Row<'_>) -> Result<SavedAccount, DatabaseError> {
    let endpoint: String = row.get("endpoint")?;
    let (ca_name, ca_pem): (Option<String>, Option<Vec<u8>>) = (row.get("ca_name")?, row.get("ca_pem")?);
    Ok(SavedAccount {
        id: AccountId::from(row.get::<_, String>("id")?),
        name: row.get("name")?,
        kind: kind(&row.get::<_, String>("kind")?)?,
        endpoint: Endpoint::parse(&endpoint, Scheme::Https).map_err(|_| nonsense("the endpoint", &endpoint))?,
        access_key_id: row.get("access_key_id")?,
        secret_in_keychain: row.get("secret_in_keychain")?,
        project_id: row.get("project_id")?,
        region: row.get("region")?,
        addressing: addressing(&row.get::<_, String>("addressing")?)?,
        signature: signature(&row.get::<_, String>("signature")?)?,
        ca: ca_name.zip(ca_pem).map(|(name, pem)| SavedCa { name, pem }),
        pinned_certificate: row.get("pinned_certificate")?,
        plain_http_consent: row.get("plain_http_consent")?,
    })
}

fn nonsense(what: &str, found: &str) -> DatabaseError {
    DatabaseError::Nonsense {
        what: format!("{what} “{found}”"),
    }
}

fn kind_text(kind: AccountKind) -> &'static str {
    match kind {
        AccountKind::S3Compatible => "s3Compatible",
        AccountKind::Amazon => "amazon",
        AccountKind::Local => "local",
    }
}

fn kind(text: &str) -> Result<AccountKind, DatabaseError> {
    match text {
        "s3Compatible" => Ok(AccountKind::S3Compatible),
        "amazon" => Ok(AccountKind::Amazon),
        "local" => Ok(AccountKind::Local),
        other => Err(nonsense("the account kind", other)),
    }
}

fn addressing_text(addressing: Addressing) -> &'static str {
    match addressing {
        Addressing::Path => "path",
        Addressing::VirtualHost => "virtualHost",
        Addressing::Auto => "auto",
    }
}

fn addressing(text: &str) -> Result<Addressing, DatabaseError> {
    match text {
        "path" => Ok(Addressing::Path),
        "virtualHost" => Ok(Addressing::VirtualHost),
        "auto" => Ok(Addressing::Auto),
        other => Err(nonsense("the addressing", other)),
    }
}

fn signature_text(signature: SignatureVersion) -> &'static str {
    match signature {
        SignatureVersion::V4 => "v4",
        SignatureVersion::V2 => "v2",
    }
}

fn signature(text: &str) -> Result<SignatureVersion, DatabaseError> {
    match text {
        "v4" => Ok(SignatureVersion::V4),
        "v2" => Ok(SignatureVersion::V2),
        other => Err(nonsense("the signature version", other)),
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    fn sample(id: &str, name: &str) -> SavedAccount {
        SavedAccount {
            id: AccountId::from(id),
            name: name.into(),
            kind: AccountKind::S3Compatible,
            endpoint: Endpoint::parse("objects.example.net:8080/s3", Scheme::Https).unwrap(),
            plain_http_consent: true,
            access_key_id: "AK".into(),
            secret_in_keychain: true,
            project_id: Some("3f9c".into()),
            region: String::new(),
            addressing: Addressing::Path,
            signature: SignatureVersion::V2,
            ca: Some(SavedCa {
                name: "ca.pem".into(),
                pem: vec![1, 2, 3],
            }),
            pinned_certificate: Some([7; 32]),
        }
    }

    #[tokio::test]
    async fn accounts_come_back_as_saved_and_in_order() {
        let folder = tempfile::tempdir().unwrap();
        let database = Database::open(folder.path()).await.unwrap();
        let (first, second) = (
            sample("b", "First"),
            SavedAccount {
                ca: None,
                pinned_certificate: None,
                ..sample("a", "Second")
            },
        );
        database.save_account(first.clone()).await.unwrap();
        database.save_account(second.clone()).await.unwrap();
        let edited = SavedAccount {
            name: "Edited".into(),
            ..first
        };
        database.save_account(edited.clone()).await.unwrap();
        assert_eq!(database.accounts().await.unwrap(), [edited.clone(), second]);
        assert_eq!(database.account(&edited.id).await.unwrap(), Some(edited));
        assert_eq!(database.account(&AccountId::from("nobody")).await.unwrap(), None);
    }

    #[tokio::test]
    async fn added_buckets_go_with_their_account() {
        let folder = tempfile::tempdir().unwrap();
        let database = Database::open(folder.path()).await.unwrap();
        let account = sample("a", "A");
        database.save_account(account.clone()).await.unwrap();
        for name in ["partner-drop", "other", "other"] {
            database.add_bucket(&account.id, name).await.unwrap();
        }
        assert_eq!(
            database.added_buckets(&account.id).await.unwrap(),
            ["other", "partner-drop"]
        );
        assert!(database.forget_bucket(&account.id, "other").await.unwrap());
        assert!(!database.forget_bucket(&account.id, "other").await.unwrap());
        // Editing the account keeps them; removing it takes them along.
        database.save_account(account.clone()).await.unwrap();
        assert_eq!(database.added_buckets(&account.id).await.unwrap(), ["partner-drop"]);
        database.remove_account(&account.id).await.unwrap();
        database.save_account(account.clone()).await.unwrap();
        assert!(database.added_buckets(&account.id).await.unwrap().is_empty());
    }
}
