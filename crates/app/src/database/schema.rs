//! The tables, and how an older file becomes a newer one. The version is SQLite's `user_version`.

use rusqlite::{Connection, TransactionBehavior};

use super::DatabaseError;

/// One step a version; step n turns version n into n + 1. Never change a step that was released: add one.
const STEPS: [&str; 2] = [
    "
    CREATE TABLE accounts (
        position INTEGER PRIMARY KEY AUTOINCREMENT,
        id TEXT NOT NULL UNIQUE,
        name TEXT NOT NULL,
        kind TEXT NOT NULL,
        endpoint TEXT NOT NULL,
        access_key_id TEXT NOT NULL,
        secret_in_keychain INTEGER NOT NULL,
        project_id TEXT,
        region TEXT NOT NULL,
        addressing TEXT NOT NULL,
        signature TEXT NOT NULL,
        ca_name TEXT,
        ca_pem BLOB,
        pinned_certificate BLOB
    ) STRICT;
    CREATE TABLE added_buckets (
        account TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
        name TEXT NOT NULL,
        PRIMARY KEY (account, name)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE settings (
        name TEXT NOT NULL PRIMARY KEY,
        value TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;
",
    "ALTER TABLE accounts ADD COLUMN plain_http_consent INTEGER NOT NULL DEFAULT 0",
];

/// Makes the tables, or refuses a file that a newer version wrote. Two processes that start at once take turns.
pub(super) fn bring_up_to_date(connection: &mut Connection) -> Result<(), DatabaseError> {
    let supported = i64::try_from(STEPS.len()).unwrap_or(i64::MAX);
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let found: i64 = transaction.pragma_query_value(None, "user_version", |row| row.get(0))?;
    let Some(steps) = usize::try_from(found).ok().and_then(|done| STEPS.get(done..)) else {
        return Err(DatabaseError::NewerSchema { found, supported });
    };
    for step in steps {
        transaction.execute_batch(step)?;
    }
    transaction.pragma_update(None, "user_version", supported)?;
    Ok(transaction.commit()?)
}
