//! Copy diagnostics: what a bug report needs, without secrets, keys or names of objects.

use crate::App;
use crate::error::Result;

impl App {
    /// A text about this program, this computer, the accounts' kinds and the latest errors. It holds no secret, no key
    /// id, no signature and no object's name.
    pub async fn diagnostics(&self) -> Result<String> {
        todo!()
    }
}
