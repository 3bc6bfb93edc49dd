//! Opening a link in the system's browser.

use url::Url;

use crate::ipc::error::{Answer, IpcError};

/// Opens an http or https address outside. Every other scheme is refused: an object's name may hold anything.
pub(crate) fn open(address: &str) -> Answer<()> {
    let hint = "Copy the link and open it in a browser.";
    let url = Url::parse(address)
        .ok()
        .filter(|url| matches!(url.scheme(), "http" | "https"))
        .ok_or_else(|| IpcError::shell("Could not open the link: it is not an http or https address.", hint))?;
    open::that_detached(url.as_str())
        .map_err(|error| IpcError::shell(format!("Could not open the link in a browser: {error}."), hint))
}

#[cfg(test)]
mod tests {
    use super::open;

    #[test]
    fn only_web_addresses_leave_the_program() {
        for address in [
            "file:///etc/passwd",
            "javascript:alert(1)",
            "smb://host/share",
            "data:text/html,x",
            "nonsense",
            "",
        ] {
            assert!(open(address).is_err(), "{address}");
        }
    }
}
