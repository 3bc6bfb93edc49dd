//! `dip stat`: what the server tells about an object or a bucket.

use std::collections::BTreeMap;

use dipper_app::{ObjectInfo, PropertyValue, Target};
use serde::Serialize;

use crate::exit::{Code, Failure};
use crate::output::moment;
use crate::pattern::Wanted;
use crate::place::Place;
use crate::session::Session;

/// An object, in JSON.
#[derive(Serialize)]
struct ObjectRecord<'a> {
    #[serde(rename = "type")]
    record: &'static str,
    bucket: &'a str,
    key: &'a str,
    size: u64,
    last_modified: Option<String>,
    etag: Option<&'a str>,
    content_type: Option<&'a str>,
    cache_control: Option<&'a str>,
    content_disposition: Option<&'a str>,
    content_encoding: Option<&'a str>,
    content_language: Option<&'a str>,
    storage_class: Option<&'a str>,
    version_id: Option<&'a str>,
    parts: Option<u32>,
    metadata: BTreeMap<&'a str, &'a str>,
    checksums: BTreeMap<&'a str, &'a str>,
}

/// A bucket, in JSON: its properties as the window shows them.
#[derive(Serialize)]
struct BucketRecord {
    #[serde(rename = "type")]
    record: &'static str,
    name: String,
    properties: BTreeMap<String, serde_json::Value>,
}

pub(super) async fn run(session: &Session, places: &[String]) -> Result<Code, Failure> {
    for (index, text) in places.iter().enumerate() {
        let place = Place::in_bucket(text)?;
        if index > 0 {
            session.out.words("")?;
        }
        match Wanted::read(&place.key)? {
            Wanted::Literal(key) if key.is_empty() => bucket(session, &place).await?,
            _ => object(session, &place, &super::cat::single_key(&place)?).await?,
        }
    }
    Ok(Code::Done)
}

async fn object(session: &Session, place: &Place, key: &str) -> Result<(), Failure> {
    let account = session.account(&place.owner).await?;
    let info = session.app.object_info(&account.id, &place.bucket, key).await?;
    let record = ObjectRecord::of(&place.bucket, &info);
    let value = serde_json::to_value(&record).unwrap_or_default();
    session.out.record(&record, |_| lines(session, &value))
}

async fn bucket(session: &Session, place: &Place) -> Result<(), Failure> {
    let account = session.account(&place.owner).await?;
    let target = Target::Bucket {
        account_id: account.id,
        bucket: place.bucket.clone(),
    };
    let properties = session.app.properties(&target).await?;
    let rows = properties.groups.into_iter().flat_map(|group| group.rows);
    let record = BucketRecord {
        record: "bucket",
        name: place.bucket.clone(),
        properties: rows
            .map(|row| {
                (
                    row.label.to_lowercase().replace([' ', '’', '\''], "_"),
                    value(row.value),
                )
            })
            .collect(),
    };
    let properties = serde_json::to_value(&record.properties).unwrap_or_default();
    session.out.record(&record, |_| lines(session, &properties))
}

fn value(value: PropertyValue) -> serde_json::Value {
    match value {
        PropertyValue::Text(text) => text.into(),
        PropertyValue::Bytes(number) | PropertyValue::Count(number) => number.into(),
        PropertyValue::Time(time) => moment(time).into(),
    }
}

/// One line for each value that there is.
fn lines(session: &Session, record: &serde_json::Value) -> String {
    let mut lines = Vec::new();
    for (label, value) in record.as_object().into_iter().flatten() {
        let inner = value.as_object();
        let shown = |label: &str, value: &serde_json::Value| {
            let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            format!("{:20}  {}", session.out.name(label), session.out.name(&text))
        };
        match inner {
            Some(inner) => lines.extend(
                inner
                    .iter()
                    .map(|(name, value)| shown(&format!("{label}.{name}"), value)),
            ),
            None if value.is_null() || label == "type" => {}
            None => lines.push(shown(label, value)),
        }
    }
    lines.join("\n")
}

impl<'a> ObjectRecord<'a> {
    fn of(bucket: &'a str, info: &'a ObjectInfo) -> Self {
        let pairs = |pairs: &'a [(String, String)]| {
            pairs
                .iter()
                .map(|(name, value)| (name.as_str(), value.as_str()))
                .collect()
        };
        Self {
            record: "object",
            bucket,
            key: info.key.as_str(),
            size: info.size,
            last_modified: info.last_modified.and_then(moment),
            etag: info.etag.as_deref(),
            content_type: info.content_type.as_deref(),
            cache_control: info.cache_control.as_deref(),
            content_disposition: info.content_disposition.as_deref(),
            content_encoding: info.content_encoding.as_deref(),
            content_language: info.content_language.as_deref(),
            storage_class: info.storage_class.as_deref(),
            version_id: info.version_id.as_deref(),
            parts: info.parts,
            metadata: pairs(&info.metadata),
            checksums: pairs(&info.checksums),
        }
    }
}
