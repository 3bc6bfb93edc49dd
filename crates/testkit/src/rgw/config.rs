//! The configuration of a one-machine Ceph cluster that lives in memory.

use std::path::Path;

use crate::Certificate;

/// The text with the places to fill in between at signs.
const TEMPLATE: &str = include_str!("ceph.conf");

/// What differs between clusters.
pub(super) struct Config<'a> {
    pub(super) folder: &'a Path,
    pub(super) cluster_id: &'a str,
    pub(super) monitor_port: u16,
    pub(super) http_port: u16,
    /// The https port and its certificate.
    pub(super) tls: Option<(u16, &'a Certificate)>,
}

impl Config<'_> {
    /// The text of `ceph.conf`.
    pub(super) fn text(&self) -> String {
        TEMPLATE
            .replace("@ID@", self.cluster_id)
            .replace("@FOLDER@", &self.folder.display().to_string())
            .replace("@MONITOR_PORT@", &self.monitor_port.to_string())
            .replace("@HTTP_PORT@", &self.http_port.to_string())
            .replace("@TLS@", &self.tls_options())
    }

    fn tls_options(&self) -> String {
        self.tls.map_or_else(String::new, |(port, certificate)| {
            let (server, key) = (certificate.server.display(), certificate.key.display());
            format!(" ssl_endpoint=127.0.0.1:{port} ssl_certificate={server} ssl_private_key={key}")
        })
    }
}
