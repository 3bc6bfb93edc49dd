//! Deleting a thousand objects a request without the SDK: see [`Short`].

use bytes::Bytes;
use http::Method;

use super::{Answered, Refusal};
use crate::call::{Call, Damaged, Payload, Short, read_xml};
use crate::client::Client;
use crate::error::Result;
use crate::names::BucketName;
use crate::versions::ObjectVersion;

impl Client {
    pub(super) async fn delete_short(
        &self,
        call: &Call,
        bucket: &BucketName,
        objects: &[&ObjectVersion],
    ) -> Result<Answered> {
        let body = Bytes::from(document(objects));
        let short = Short {
            method: Method::POST,
            bucket,
            key: None,
            query: "delete=".to_owned(),
            headers: vec![("content-type", "application/xml".to_owned())],
            payload: Payload::Bytes(body),
        };
        let answer = self.document_short(call, short).await?;
        answered(&answer).map_err(|Damaged| call.unreadable_document(&answer))
    }
}

fn document(objects: &[&ObjectVersion]) -> String {
    let mut text = String::with_capacity(objects.len() * 96);
    text.push_str(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Delete xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">",
    );
    for object in objects {
        text.push_str("<Object><Key>");
        push_escaped(&mut text, object.key.as_str());
        text.push_str("</Key>");
        if let Some(version) = &object.version_id {
            text.push_str("<VersionId>");
            push_escaped(&mut text, version);
            text.push_str("</VersionId>");
        }
        text.push_str("</Object>");
    }
    text.push_str("<Quiet>false</Quiet></Delete>");
    text
}

fn push_escaped(text: &mut String, value: &str) {
    for letter in value.chars() {
        match letter {
            '&' => text.push_str("&amp;"),
            '<' => text.push_str("&lt;"),
            '>' => text.push_str("&gt;"),
            letter => text.push(letter),
        }
    }
}

fn answered(document: &[u8]) -> std::result::Result<Answered, Damaged> {
    let mut answered = Answered::default();
    let (mut key, mut version, mut code, mut message) = (None, None, None, None);
    read_xml(document, "DeleteResult", |parent, name, text| {
        let text = || Some(text.to_owned());
        match (parent, name) {
            ("Deleted" | "Error", "Key") => key = text(),
            ("Deleted" | "Error", "VersionId") => version = text(),
            ("Error", "Code") => code = text(),
            ("Error", "Message") => message = text(),
            ("DeleteResult", "Deleted") => {
                answered.deleted.extend(key.take().map(|key| (key, version.take())));
                version = None;
            }
            ("DeleteResult", "Error") => answered.refused.push(Refusal {
                key: key.take(),
                version: version.take(),
                code: code.take(),
                message: message.take(),
            }),
            _ => {}
        }
        Ok(())
    })?;
    Ok(answered)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;
    use crate::names::ObjectKey;

    #[test]
    fn keys_go_out_escaped_with_their_versions() {
        let plain: ObjectVersion = ObjectKey::parse("a<&>\"'b").unwrap().into();
        let version = ObjectVersion {
            version_id: Some("v1".to_owned()),
            ..plain.clone()
        };
        let text = document(&[&plain, &version]);
        let key = "<Object><Key>a&lt;&amp;&gt;\"'b</Key>";
        assert!(
            text.contains(&format!(
                "{key}</Object>{key}<VersionId>v1</VersionId></Object><Quiet>false</Quiet>"
            )),
            "{text}"
        );
    }

    #[test]
    fn what_is_gone_and_what_is_not_is_told_apart() {
        let document =
            b"<DeleteResult><Deleted><Key>a&amp;b</Key></Deleted><Deleted><Key>c</Key><VersionId>1</VersionId>\
            </Deleted><Error><Key>d</Key><Code>AccessDenied</Code><Message>no</Message></Error></DeleteResult>";
        let answered = answered(document).unwrap();
        let deleted = [("a&b".to_owned(), None), ("c".to_owned(), Some("1".to_owned()))];
        assert_eq!(answered.deleted, deleted);
        let [refused] = answered.refused.as_slice() else {
            panic!()
        };
        assert_eq!(
            (refused.key.as_deref(), refused.code.as_deref()),
            (Some("d"), Some("AccessDenied"))
        );
        assert_eq!((&refused.version, refused.message.as_deref()), (&None, Some("no")));
        assert!(super::answered(b"<DeleteResult><Deleted>").is_err());
    }
}
