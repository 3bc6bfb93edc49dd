//! What the user chose about the program itself, and the layout the window asks to keep.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::App;
use crate::TransferLimits;
use crate::error::{Error, ErrorKind, Result};

const SETTINGS: &str = "settings";
const LAYOUT: &str = "layout";
const SAVE: &str = "saveSettings";
/// A layout is a few numbers a pane; this only stops a runaway.
const MAX_LAYOUT_BYTES: usize = 256 * 1024;

/// Light, dark, or as the system says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Theme {
    /// As the system says.
    #[default]
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

/// How close the rows stand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Density {
    /// 28 px rows.
    #[default]
    Compact,
    /// Taller rows.
    Comfortable,
}

/// What the user chose about the program itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Settings {
    /// Light, dark, or as the system says.
    pub theme: Theme,
    /// How close the rows stand.
    pub density: Density,
    /// Whether a drop always opens the upload sheet.
    pub always_ask_before_upload: bool,
    /// How much transfers do at a time.
    pub transfers: TransferLimits,
}

impl App {
    /// The settings now. Values that a newer version wrote and this one does not know count as not set.
    pub async fn settings(&self) -> Result<Settings> {
        let saved = self.saved_settings().await?;
        Ok(serde_json::from_value(Value::Object(saved)).unwrap_or_else(|error| {
            tracing::warn!(%error, "the saved settings cannot be read; the defaults are used");
            Settings::default()
        }))
    }

    /// Saves the settings, has transfers follow them, and gives back what is saved. What a newer version keeps beside them
    /// stays.
    pub async fn save_settings(&self, settings: Settings) -> Result<Settings> {
        let mut saved = self.saved_settings().await?;
        let new = serde_json::to_value(settings).map_err(|cause| Error::internal(SAVE, cause))?;
        if let Value::Object(new) = new {
            saved.extend(new);
        }
        self.parts
            .database
            .save_setting(SETTINGS, Value::Object(saved).to_string())
            .await?;
        let settings = self.settings().await?;
        self.limit_transfers(settings.transfers);
        Ok(settings)
    }

    /// The layout the window saved last.
    pub async fn layout(&self) -> Result<Option<String>> {
        self.parts.database.setting(LAYOUT).await
    }

    /// Keeps the window's layout: JSON that only the window understands, at most 256 KiB.
    pub async fn save_layout(&self, layout: &str) -> Result<()> {
        if layout.len() > MAX_LAYOUT_BYTES {
            return Err(Error::new(
                ErrorKind::InvalidInput,
                "saveLayout",
                "The layout is too large to be kept.",
            ));
        }
        if let Err(cause) = serde_json::from_str::<serde::de::IgnoredAny>(layout) {
            let error = Error::new(ErrorKind::InvalidInput, "saveLayout", "The layout is not JSON.");
            return Err(error.with_source(cause));
        }
        self.parts.database.save_setting(LAYOUT, layout.to_owned()).await
    }

    async fn saved_settings(&self) -> Result<Map<String, Value>> {
        let Some(text) = self.parts.database.setting(SETTINGS).await? else {
            return Ok(Map::new());
        };
        serde_json::from_str(&text).map_err(|cause| {
            let error = Error::new(ErrorKind::Corrupt, SAVE, "The saved settings cannot be read.");
            error.with_source(cause)
        })
    }
}
