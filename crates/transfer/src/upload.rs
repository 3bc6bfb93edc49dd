//! Uploads: each file is opened, fingerprinted, and stored; before the last byte leaves it is looked at again, so what is
//! stored is one state of the file.

use std::sync::Arc;

use dipper_storage::{CannedAcl, ObjectKey, PutOptions};

use crate::context::Context;
use crate::crash::crash_point;
use crate::crew::{self, Settled};
use crate::error::Result;
use crate::files::{SourceFile, blocking};
use crate::journal::Item;
use crate::store::{Source, Storing};

/// Uploads everything that is left.
pub(crate) async fn run(context: &Context, canned_acl: Option<CannedAcl>) -> Result<()> {
    crew::work_through(context, |item| upload(context.child(), item, canned_acl)).await
}

async fn upload(context: Context, item: Item, canned_acl: Option<CannedAcl>) -> Result<Settled> {
    let path = item.path.clone().unwrap_or_default();
    let key = ObjectKey::parse(&item.key)?;
    let file = Arc::new(blocking(move || SourceFile::open(&path)).await?);
    crash_point!("upload.after_open");
    let guessed = || content_type_of(key.as_str()).to_owned();
    let options = PutOptions {
        content_type: Some(item.options.content_type.clone().unwrap_or_else(guessed)),
        canned_acl,
        ..PutOptions::default()
    };
    let storing = Storing {
        context: &context,
        item: &item,
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
