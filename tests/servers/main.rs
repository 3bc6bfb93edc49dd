//! The conformance suite: one set of cases, written once against `dipper-storage`, run on every server that there is.
//!
//! The servers are Local storage and Ceph RGW, each with V4 and V2 signatures, and RGW over TLS with an authority of its
//! own. Every case × server is a test of its own name, such as `rgw_tls::links::signed_links_end`. To add a case, write
//! `pub(crate) async fn case(server: &Server)` in the module of its subject and name it in the list below. Where RGW is
//! not installed its tests say so by name and prove nothing; with `CI` set they fail.
#![expect(clippy::unwrap_used, clippy::expect_used, clippy::print_stderr, reason = "tests")]

mod acl;
mod buckets;
mod diagnose;
mod links;
mod lists;
mod multipart;
mod names;
mod objects;
mod server;
mod versions;
mod wire;

use server::Kind;

macro_rules! test_each {
    ($kind:expr; $($module:ident: $($case:ident),+;)+) => {$(
        mod $module {
            $(
                #[test]
                fn $case() {
                    crate::server::run($kind, async |server| crate::$module::$case(server).await);
                }
            )+
        }
    )+};
}

macro_rules! every_case_on {
    ($server:ident, $kind:expr) => {
        mod $server {
            test_each! { $kind;
                buckets: are_created_listed_and_deleted, not_empty_is_explained, missing_ones_are_not_found,
                    another_users_name_is_a_conflict, versioning_is_off;
                objects: twelve_bytes_come_back, empty_ones_are_kept, ranges_are_exact, conditions_hold,
                    headers_and_metadata_come_back, copies_are_whole_and_private, many_are_deleted,
                    damaged_uploads_are_refused, files_stream_through, missing_ones_are_not_found;
                lists: both_listings_agree, folders_are_folded, pages_go_on_where_they_ended, prefixes_are_exact;
                versions: an_unversioned_bucket_has_one_null_version_of_each;
                multipart: parts_become_an_object, unfinished_ones_are_listed_and_aborted, mistakes_are_refused;
                acl: canned_ones_round_trip, grants_round_trip, a_public_object_is_open_and_then_not,
                    a_public_bucket_is_listed_and_not_read, policies_round_trip;
                links: public_links_follow_the_acl, signed_links_work, signed_links_end, pasted_prefixes_fail,
                    links_for_uploading_work;
                names: odd_keys_survive_everything;
                diagnose: a_good_account_connects, a_wrong_key_id_is_named, a_wrong_secret_is_named,
                    a_wrong_clock_is_measured;
            }
        }
    };
}

every_case_on!(local, crate::Kind::Local);
every_case_on!(local_v2, crate::Kind::LocalV2);
every_case_on!(rgw, crate::Kind::Rgw);
every_case_on!(rgw_tls, crate::Kind::RgwTls);
every_case_on!(rgw_v2, crate::Kind::RgwV2);

/// What only Ceph RGW can show.
mod rgw_only {
    test_each! { crate::Kind::Rgw;
        wire: a_small_upload_is_twelve_plain_bytes, a_streamed_upload_is_plain, documents_carry_their_md5,
            other_checksums_are_sent_when_asked_for;
        diagnose: tls_and_plain_are_told_apart, an_untrusted_certificate_is_shown_and_can_be_pinned,
            the_project_id_is_suggested;
        buckets: usage_is_told;
        objects: metadata_is_kept_to_the_letter;
        versions: versions_and_markers_are_told_and_deleted_by_their_ids;
    }
}

mod local_only {
    test_each! { crate::Kind::Local;
        multipart: parts_are_copied_where_that_is_safe, a_completion_under_a_condition_replaces_nothing;
        versions: a_server_without_versions_says_so;
    }
}

mod rgw_v2_only {
    test_each! { crate::Kind::RgwV2;
        wire: v2_signs_with_authorization_and_date;
    }
}

#[test]
fn every_server_has_its_own_name() {
    let names: std::collections::BTreeSet<&str> = Kind::ALL.iter().map(|kind| kind.name()).collect();
    assert_eq!(names.len(), Kind::ALL.len());
}
