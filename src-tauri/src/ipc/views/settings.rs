//! What the window needs to start, and what it remembers.

use dipper_app as app;
use serde::{Deserialize, Serialize};
use specta::Type;

use crate::ipc::mirror::{list, same_fields, same_variants};
use crate::ipc::views::{AccountView, TransferLimitsView};

#[derive(Debug, Clone, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) struct StartView {
    pub(crate) version: String,
    pub(crate) platform: Platform,
    pub(crate) accounts: Vec<AccountView>,
    pub(crate) keychain: KeychainView,
    pub(crate) settings: SettingsView,
    /// opaque JSON the UI saved.
    pub(crate) layout: Option<String>,
}

#[derive(Debug, Clone, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) struct KeychainView {
    pub(crate) available: bool,
    /// why not, and what it means: kept in memory for this run only.
    pub(crate) message: Option<String>,
}

#[derive(Debug, Clone, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SettingsView {
    pub(crate) theme: Theme,
    pub(crate) density: Density,
    pub(crate) always_ask_before_upload: bool,
    pub(crate) transfers: TransferLimitsView,
}

/// The system it runs on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Platform {
    Linux,
    Macos,
    Windows,
}

/// The colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Theme {
    System,
    Light,
    Dark,
}

/// The height of rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Density {
    Compact,
    Comfortable,
}

same_variants!(app::Theme => Theme { System, Light, Dark } and back);
same_variants!(app::Density => Density { Compact, Comfortable } and back);
same_fields!(app::Settings => SettingsView { theme, density, always_ask_before_upload, transfers });
same_fields!(SettingsView => app::Settings { theme, density, always_ask_before_upload, transfers });
same_fields!(app::KeychainState => KeychainView { available, message });

impl StartView {
    /// What the first screen needs, with what only the shell knows.
    pub(crate) fn of(started: app::Started) -> Self {
        Self {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            platform: Platform::HERE,
            accounts: list(started.accounts),
            keychain: started.keychain.into(),
            settings: started.settings.into(),
            layout: started.layout,
        }
    }
}

impl Platform {
    const HERE: Self = if cfg!(target_os = "macos") {
        Self::Macos
    } else if cfg!(windows) {
        Self::Windows
    } else {
        Self::Linux
    };
}
