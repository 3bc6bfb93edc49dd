//! What the user chose about the program itself, and the layout the window asks to keep.

use serde::{Deserialize, Serialize};

use crate::App;
use crate::error::Result;

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
}

impl App {
    /// The settings now.
    pub async fn settings(&self) -> Result<Settings> {
        todo!()
    }

    /// Saves the settings and gives back what is saved.
    pub async fn save_settings(&self, settings: Settings) -> Result<Settings> {
        todo!("{settings:?}")
    }

    /// Keeps the window's layout: JSON that only the window understands, at most 256 KiB.
    pub async fn save_layout(&self, layout: &str) -> Result<()> {
        todo!("{layout}")
    }
}
