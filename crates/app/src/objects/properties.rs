//! What is known about a bucket, an object, a folder or several of them, in groups of labelled values.

use dipper_storage::{BucketName, Client, LinkOptions, ObjectInfo, Prefix, Versioning};

use super::{Properties, PropertiesKind, Property, PropertyGroup, PropertyValue};
use crate::App;
use crate::error::Result;
use crate::kinds;
use crate::names;
use crate::targets::{Entries, Selected, Subject, Target, last_name};

impl App {
    /// What is known about a target. One object or bucket is asked for; several are described as listed.
    pub async fn properties(&self, target: &Target) -> Result<Properties> {
        let resolved = self.resolve("properties", target).await?;
        let (client, bucket) = (&resolved.client, &resolved.bucket);
        match &resolved.subject {
            Subject::Bucket => of_bucket(client, bucket).await,
            Subject::Entries(entries) => match (entries.single(), entries.folders.as_slice()) {
                (Some(object), _) => of_object(client, bucket, object).await,
                (None, [folder]) if entries.objects.is_empty() => Ok(of_folder(client, bucket, folder)),
                _ => Ok(of_many(bucket, entries)),
            },
        }
    }
}

async fn of_bucket(client: &Client, bucket: &BucketName) -> Result<Properties> {
    let info = client.head_bucket(bucket).await?;
    let mut general = Group::new("Bucket");
    general.copied("Name", bucket.as_str());
    general.optional("Region", info.region);
    // Permissions may be closed to this key: the owner is then simply not known.
    let owner = client.bucket_acl(bucket).await.ok().map(|acl| acl.owner);
    general.copied_if("Owner", owner.map(|owner| owner.id).filter(|id| !id.is_empty()));
    general.optional("Objects", info.object_count.map(PropertyValue::Count));
    general.optional("Size", info.bytes_used.map(PropertyValue::Bytes));
    let versioning = client.bucket_versioning(bucket).await.ok().map(versioning_words);
    general.optional("Old versions", versioning.map(PropertyValue::from));
    let mut address = Group::new("Address");
    address.copied("URL", &client.public_url(bucket, None, &LinkOptions::default()).url());
    Ok(Properties {
        title: bucket.to_string(),
        kind: PropertiesKind::Bucket,
        groups: filled([general, address]),
    })
}

async fn of_object(client: &Client, bucket: &BucketName, object: &Selected) -> Result<Properties> {
    let info = client.head_object(bucket, &object.key).await?;
    let key = info.key.as_str();
    let mut general = Group::new("Object");
    general.copied("Key", key);
    if names::shown(key) != key {
        general.value("Shown as", names::shown(key));
    }
    general.copied("Bucket", bucket.as_str());
    general.value("Size", PropertyValue::Bytes(info.size));
    general.value("Type", kinds::of(key).words);
    general.optional("Last modified", info.last_modified.map(PropertyValue::Time));
    general.value("Storage class", info.storage_class.as_deref().unwrap_or("STANDARD"));
    general.copied_if("ETag", info.etag.clone());
    general.copied_if("Version", info.version_id.clone());
    general.optional(
        "Uploaded in parts",
        info.parts.map(|parts| PropertyValue::Count(parts.into())),
    );
    general.optional("Encryption on the server", info.server_side_encryption.clone());
    general.optional("Restore", info.restore.clone());
    let mut address = Group::new("Address");
    address.copied(
        "URL",
        &client
            .public_url(bucket, Some(&info.key), &LinkOptions::default())
            .url(),
    );
    let groups = filled([general, headers(&info), metadata(&info), checksums(&info), address]);
    Ok(Properties {
        title: last_name(key),
        kind: PropertiesKind::Object,
        groups,
    })
}

fn headers(info: &ObjectInfo) -> Group {
    let mut group = Group::new("Headers");
    group.optional("Content-Type", info.content_type.clone());
    group.optional("Cache-Control", info.cache_control.clone());
    group.optional("Content-Disposition", info.content_disposition.clone());
    group.optional("Content-Encoding", info.content_encoding.clone());
    group.optional("Content-Language", info.content_language.clone());
    group.optional("Expires", info.expires.clone());
    group.optional("Redirects to", info.website_redirect.clone());
    group
}

fn metadata(info: &ObjectInfo) -> Group {
    let mut group = Group::new("Metadata");
    for (name, value) in &info.metadata {
        group.copied(name, value);
    }
    group
}

fn checksums(info: &ObjectInfo) -> Group {
    let mut group = Group::new("Checksums");
    for (algorithm, value) in &info.checksums {
        group.copied(&algorithm.to_uppercase(), value);
    }
    group
}

fn of_folder(client: &Client, bucket: &BucketName, folder: &Prefix) -> Properties {
    let mut general = Group::new("Folder");
    general.copied("Prefix", folder.as_str());
    general.copied("Bucket", bucket.as_str());
    general.value(
        "What it is",
        "The beginning that keys have in common; it holds no data of its own.",
    );
    let mut address = Group::new("Address");
    let bucket_url = client.public_url(bucket, None, &LinkOptions::default()).url();
    address.copied("Bucket's URL", &bucket_url);
    let title = format!("{}/", last_name(folder.as_str()));
    Properties {
        title,
        kind: PropertiesKind::Folder,
        groups: filled([general, address]),
    }
}

fn of_many(bucket: &BucketName, entries: &Entries) -> Properties {
    let mut general = Group::new("Selection");
    general.copied("Bucket", bucket.as_str());
    general.value("Objects", PropertyValue::Count(entries.objects.len() as u64));
    if !entries.folders.is_empty() {
        general.value("Folders", PropertyValue::Count(entries.folders.len() as u64));
    }
    general.value("Size of the objects", PropertyValue::Bytes(entries.bytes()));
    let times = || entries.objects.iter().filter_map(|object| object.last_modified);
    general.optional("Oldest", times().min().map(PropertyValue::Time));
    general.optional("Newest", times().max().map(PropertyValue::Time));
    let largest = entries.objects.iter().max_by_key(|object| object.size);
    general.optional("Largest", largest.map(|object| last_name(object.key.as_str())));
    general.optional("Its size", largest.map(|object| PropertyValue::Bytes(object.size)));
    Properties {
        title: entries.label(),
        kind: PropertiesKind::Many,
        groups: filled([general]),
    }
}

fn versioning_words(versioning: Versioning) -> &'static str {
    match versioning {
        Versioning::Off => "Not kept",
        Versioning::Enabled => "Kept",
        Versioning::Suspended => "Not kept any more; earlier ones are still there",
        Versioning::Unsupported => "The server has none",
    }
}

impl From<String> for PropertyValue {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<&str> for PropertyValue {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

struct Group(PropertyGroup);

impl Group {
    fn new(title: &str) -> Self {
        Self(PropertyGroup {
            title: title.to_owned(),
            rows: Vec::new(),
        })
    }

    fn value(&mut self, label: &str, value: impl Into<PropertyValue>) {
        self.add(label, value.into(), false);
    }

    fn copied(&mut self, label: &str, value: &str) {
        self.add(label, value.into(), true);
    }

    fn optional(&mut self, label: &str, value: Option<impl Into<PropertyValue>>) {
        if let Some(value) = value {
            self.value(label, value);
        }
    }

    fn copied_if(&mut self, label: &str, value: Option<String>) {
        if let Some(value) = value {
            self.copied(label, &value);
        }
    }

    /// What is worth copying is an exact name or code, drawn in a fixed-width face.
    fn add(&mut self, label: &str, value: PropertyValue, exact: bool) {
        self.0.rows.push(Property {
            label: label.to_owned(),
            value,
            mono: exact,
            copy: exact,
        });
    }
}

fn filled<const N: usize>(groups: [Group; N]) -> Vec<PropertyGroup> {
    groups
        .into_iter()
        .map(|group| group.0)
        .filter(|group| !group.rows.is_empty())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn empty_groups_are_left_out() {
        let mut full = Group::new("Headers");
        full.value("Content-Type", "text/plain");
        assert_eq!(filled([full, Group::new("Metadata")]).len(), 1);
    }
}
