//! What an action is about: a bucket, or the selection of a view. Resolving a target gives the client and the exact keys,
//! taken from the selection as it stands; an id of a selection that has changed since is refused.

use crate::AccountId;
use crate::views::ViewId;

/// A bucket, or what is selected in a view.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// A whole bucket.
    Bucket {
        /// The account.
        account_id: AccountId,
        /// The bucket.
        bucket: String,
    },
    /// The selection of a view.
    Selection {
        /// The view.
        view_id: ViewId,
        /// The selection, as it was shown.
        selection_id: String,
    },
}
