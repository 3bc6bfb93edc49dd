//! Completing an upload: what may become an object, and what its `ETag` and checksum are.

use rusqlite::Connection;
use s3s::{S3Error, S3ErrorCode};

use super::rows::{drop_part, find_upload, parts};
use super::{Completion, MIN_PART, Part, Upload, WantedPart};
use crate::database::Effects;
use crate::digest::{Checksums, composite, multipart_etag};
use crate::failure::Failure;
use crate::store::objects::{Description, NewObject, Written, replace};
use crate::store::{Segment, bucket_id, delete_content, insert_content, segments};

/// The parts a client listed, checked against those that arrived.
pub(super) fn listed_parts(
    connection: &Connection,
    upload: &Upload,
    wanted: &[WantedPart],
) -> Result<Vec<Part>, Failure> {
    let error = |code, message| Failure::from(S3Error::with_message(code, message));
    if wanted.is_empty() {
        return Err(error(
            S3ErrorCode::MalformedXML,
            "An upload is completed with at least one part.",
        ));
    }
    if !wanted.is_sorted_by(|a, b| a.number < b.number) {
        return Err(error(
            S3ErrorCode::InvalidPartOrder,
            "Parts are listed in ascending order of their numbers.",
        ));
    }
    let mut arrived: std::collections::HashMap<i32, Part> = parts(connection, &upload.id)?
        .into_iter()
        .map(|part| (part.number, part))
        .collect();
    let mut listed = Vec::with_capacity(wanted.len());
    for want in wanted {
        let part = arrived
            .remove(&want.number)
            .filter(|part| matches(part, want))
            .ok_or_else(|| {
                error(
                    S3ErrorCode::InvalidPart,
                    "A listed part has not arrived, or is not the one that arrived.",
                )
            })?;
        listed.push(part);
    }
    let all_but_last = listed.split_last().map_or(&[][..], |(_, others)| others);
    if all_but_last.iter().any(|part| part.size < MIN_PART) {
        return Err(error(
            S3ErrorCode::EntityTooSmall,
            "Every part but the last has at least 5 MiB.",
        ));
    }
    Ok(listed)
}

fn matches(part: &Part, want: &WantedPart) -> bool {
    part.etag() == want.etag
        && want
            .checksums
            .algorithms()
            .all(|algorithm| part.checksums.get(algorithm) == want.checksums.get(algorithm))
}

pub(super) fn complete(
    connection: &Connection,
    effects: &mut Effects,
    completion: &Completion,
    whole: Option<Checksums>,
) -> Result<Written, Failure> {
    let upload = find_upload(connection, &completion.upload)?;
    let listed = listed_parts(connection, &upload, &completion.parts)?;
    let size = listed.iter().map(|part| part.size).sum();
    if completion.size.is_some_and(|expected| expected != size) {
        let message = "The parts do not add up to the size given in x-amz-mp-object-size.";
        return Err(S3Error::with_message(S3ErrorCode::InvalidRequest, message).into());
    }
    let checksums = match whole {
        Some(whole) => whole,
        None => composite_checksum(&upload, &listed)?,
    };
    check_whole(&completion.checksums, &checksums)?;
    let mut joined = Vec::new();
    for part in &listed {
        let of_part = segments(connection, part.content)?;
        joined.extend(of_part.into_iter().map(|segment| Segment {
            part: i64::from(part.number),
            ..segment
        }));
    }
    let content = insert_content(connection, &joined)?;
    for part in parts(connection, &upload.id)? {
        delete_content(connection, effects, drop_part(connection, &upload.id, &part)?)?;
    }
    connection.execute("DELETE FROM uploads WHERE id = ?1", [&upload.id])?;
    let md5s: Vec<[u8; 16]> = listed.iter().map(|part| part.md5).collect();
    let new = NewObject {
        content,
        size,
        etag: multipart_etag(&md5s),
        checksums,
        description: Description {
            storage_class: upload.storage_class,
            attributes: upload.attributes,
            acl: upload.acl,
        },
        upload: Some(upload.id),
    };
    let bucket = bucket_id(connection, &completion.target.bucket)?;
    replace(connection, effects, bucket, &completion.target, new)
}

/// The checksum made of the parts' checksums, where the upload asked for one.
fn composite_checksum(upload: &Upload, listed: &[Part]) -> Result<Checksums, Failure> {
    let Some(algorithm) = upload.algorithm.filter(|_| upload.composite) else {
        return Ok(Checksums::default());
    };
    let of_parts: Option<Vec<String>> = listed
        .iter()
        .map(|part| part.checksums.get(algorithm).map(str::to_owned))
        .collect();
    let value = of_parts
        .and_then(|values| composite(algorithm, &values))
        .ok_or_else(|| {
            let message = "The upload was started with a checksum algorithm, but a part came without its checksum.";
            S3Error::with_message(S3ErrorCode::InvalidRequest, message)
        })?;
    let mut checksums = Checksums {
        composite: Some(true),
        ..Checksums::default()
    };
    checksums.set(algorithm, value);
    Ok(checksums)
}

/// Compares what the client says about the whole object, with or without the number of parts behind a composite value.
/// What cannot be compared is refused: it would be taken for verified.
fn check_whole(expected: &Checksums, actual: &Checksums) -> Result<(), Failure> {
    for algorithm in expected.algorithms() {
        let Some(actual) = actual.get(algorithm) else {
            let message =
                "The checksum given for the whole object is not of the algorithm the upload was started with.";
            return Err(S3Error::with_message(S3ErrorCode::InvalidRequest, message).into());
        };
        let bare = actual.split_once('-').map_or(actual, |(value, _)| value);
        if expected
            .get(algorithm)
            .is_some_and(|value| value != actual && value != bare)
        {
            let message = "The checksum given for the whole object does not match its parts.";
            return Err(S3Error::with_message(S3ErrorCode::BadDigest, message).into());
        }
    }
    Ok(())
}
