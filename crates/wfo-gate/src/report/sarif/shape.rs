//! The parts of SARIF 2.1 that are read, by the names of the standard; everything else is passed over.

use serde::Deserialize;

use super::super::json::{Count, Pairs, Scalar, or_default};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Document {
    pub(super) version: String,
    pub(super) runs: Vec<Run>,
    #[serde(default)]
    pub(super) inline_external_properties: Count,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Run {
    pub(super) tool: Tool,
    pub(super) results: Option<Vec<Result>>,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) invocations: Vec<Invocation>,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) artifacts: Vec<ListedArtifact>,
    pub(super) external_property_file_references: Option<ExternalFiles>,
}

#[derive(Deserialize)]
pub(super) struct ExternalFiles {
    #[serde(default)]
    pub(super) results: Count,
}

#[derive(Deserialize)]
pub(super) struct Tool {
    pub(super) driver: Component,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) extensions: Vec<Component>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Component {
    pub(super) name: String,
    pub(super) version: Option<String>,
    pub(super) semantic_version: Option<String>,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) rules: Vec<Rule>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Rule {
    pub(super) id: String,
    pub(super) default_configuration: Option<Configuration>,
    short_description: Option<Message>,
    full_description: Option<Message>,
    pub(super) properties: Option<Properties>,
}

impl Rule {
    /// What the rule says of itself.
    pub(super) fn text(&self) -> Option<&str> {
        let texts = [self.short_description.as_ref(), self.full_description.as_ref()];
        texts.into_iter().flatten().find_map(|message| message.text.as_deref())
    }
}

#[derive(Deserialize)]
pub(super) struct Configuration {
    pub(super) level: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct Properties {
    #[serde(default, rename = "security-severity")]
    pub(super) security_severity: Scalar,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Invocation {
    pub(super) execution_successful: Option<bool>,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) tool_execution_notifications: Vec<Notification>,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) tool_configuration_notifications: Vec<Notification>,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) rule_configuration_overrides: Vec<Override>,
}

#[derive(Deserialize)]
pub(super) struct Notification {
    pub(super) level: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct Override {
    pub(super) configuration: Configuration,
    pub(super) descriptor: RuleRef,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct RuleRef {
    pub(super) id: Option<String>,
    #[serde(default)]
    pub(super) index: Scalar,
    pub(super) tool_component: Option<ComponentRef>,
}

#[derive(Deserialize)]
pub(super) struct ComponentRef {
    #[serde(default)]
    pub(super) index: Scalar,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Result {
    pub(super) rule_id: Option<String>,
    #[serde(default)]
    pub(super) rule_index: Scalar,
    pub(super) rule: Option<RuleRef>,
    pub(super) kind: Option<String>,
    pub(super) level: Option<String>,
    pub(super) message: Message,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) locations: Vec<Location>,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) suppressions: Vec<Suppression>,
    pub(super) baseline_state: Option<String>,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) partial_fingerprints: Pairs<Scalar>,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) fingerprints: Pairs<Scalar>,
    pub(super) properties: Option<Properties>,
}

#[derive(Deserialize)]
pub(super) struct Message {
    pub(super) text: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct Suppression {
    pub(super) status: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Location {
    pub(super) physical_location: Option<Physical>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Physical {
    pub(super) artifact_location: Option<Artifact>,
    pub(super) region: Option<Region>,
}

#[derive(Deserialize)]
pub(super) struct Artifact {
    pub(super) uri: Option<String>,
    #[serde(default)]
    pub(super) index: Scalar,
}

#[derive(Deserialize)]
pub(super) struct ListedArtifact {
    pub(super) location: Option<Artifact>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Region {
    #[serde(default)]
    pub(super) start_line: Scalar,
    #[serde(default)]
    pub(super) start_column: Scalar,
    pub(super) snippet: Option<Snippet>,
}

#[derive(Deserialize)]
pub(super) struct Snippet {
    pub(super) text: Option<String>,
}
