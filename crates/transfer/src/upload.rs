//! Uploads: each file is opened, fingerprinted, and stored; before the last byte leaves it is looked at again, so what is
//! stored is one state of the file. One that has changed by then is begun with anew, once.

use std::path::Path;
use std::sync::Arc;

use dipper_storage::{CannedAcl, ErrorKind, ObjectKey, PutOptions};

use crate::context::Context;
use crate::crash::crash_point;
use crate::crew::{self, Settled};
use crate::error::{Error, Result};
use crate::files::{SourceFile, blocking};
use crate::journal::Item;
use crate::parts::LARGEST;
use crate::store::{Source, Storing};

/// Uploads everything that is left.
pub(crate) async fn run(context: &Context, canned_acl: Option<CannedAcl>) -> Result<()> {
    crew::work_through(context, |item| upload(context.child(), item, canned_acl)).await
}

/// Sends a file; one that changes meanwhile once more, as it is then. What somebody saved during its upload is thus done
/// without a word, and a file that is always written to is given up.
async fn upload(context: Context, item: Item, canned_acl: Option<CannedAcl>) -> Result<Settled> {
    match send(&context, &item, canned_acl).await {
        Err(error) if error.is_change() => {}
        outcome => return outcome,
    }
    tracing::info!(key = %item.key, "a file changed while it was uploaded and is begun with anew");
    send(&context, &item, canned_acl).await
}

/// Sends one state of a file.
async fn send(context: &Context, item: &Item, canned_acl: Option<CannedAcl>) -> Result<Settled> {
    let path = item.path.clone().unwrap_or_default();
    let key = ObjectKey::parse(&item.key)?;
    let file = Arc::new(blocking(move || SourceFile::open(&path)).await?);
    if file.length() > LARGEST {
        return Err(is_too_large(&item.path.clone().unwrap_or_default()));
    }
    crash_point!("upload.after_open");
    let guessed = || content_type_of(key.as_str()).to_owned();
    let options = PutOptions {
        content_type: Some(item.options.content_type.clone().unwrap_or_else(guessed)),
        canned_acl,
        ..PutOptions::default()
    };
    let storing = Storing {
        context,
        item,
        source: &Source::File(file),
        key: &key,
        options: &options,
        bytes: context.item_bytes(),
    };
    let stored = storing.run().await?;
    Ok(stored.map_or(Settled::Skipped, |_| Settled::Done))
}

/// The content type an object gets by its key when nobody names one.
pub fn content_type_of(key: &str) -> &'static str {
    mime_guess::from_path(key)
        .first_raw()
        .unwrap_or("application/octet-stream")
}

/// Said before a byte leaves, and not by the server after 48 TiB of them.
fn is_too_large(path: &Path) -> Error {
    let message = format!(
        "Could not upload `{}`: it is larger than any object can be, 48.8 TiB",
        path.display()
    );
    Error::new(ErrorKind::InvalidInput, message)
        .with_path(path)
        .with_hint("Split it into smaller files.")
}
