//! The parts of a transcript's line that are about money, each in its only place: what has the same name elsewhere is content.
//! Where the format comes from: lines that the client wrote (reference: it calls the format internal, so all is optional).

use serde::de::{Deserialize, DeserializeSeed, Deserializer, MapAccess, SeqAccess};

use super::loose::{Any, Fields, Figure, Loose, Object, Text, skip, take};
use crate::tier::Tier;
use crate::tokens::Tokens;

/// The most calls besides the message's own that one answer is believed to have.
const MOST_EXTRAS: usize = 1000;

/// A figure of tokens or searches that cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Unknown;

/// A whole line; `None` when it is JSON but no object.
pub(super) struct Whole<'de>(pub(super) Option<Line<'de>>);

impl<'de> Deserialize<'de> for Whole<'de> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Any::<Object<Line<'de>>>::new().deserialize(from).map(|object| Self(object.0))
    }
}

/// A line's object: a record of its own, and one inside `data` where an agent tells its progress.
#[derive(Default)]
pub(super) struct Line<'de> {
    pub(super) own: Record<'de>,
    pub(super) progress: Option<Progress<'de>>,
}

impl<'de> Fields<'de> for Line<'de> {
    fn field<A: MapAccess<'de>>(&mut self, key: &str, map: &mut A) -> Result<(), A::Error> {
        if key == "data" {
            self.progress = take::<Object<_>, _>(map)?.0;
            Ok(())
        } else {
            self.own.field(key, map)
        }
    }
}

/// What an agent's progress holds.
#[derive(Default)]
pub(super) struct Progress<'de> {
    pub(super) message: Option<Record<'de>>,
    pub(super) agent: Text<'de>,
}

impl<'de> Fields<'de> for Progress<'de> {
    fn field<A: MapAccess<'de>>(&mut self, key: &str, map: &mut A) -> Result<(), A::Error> {
        match key {
            "message" => self.message = take::<Object<_>, _>(map)?.0,
            "agentType" => self.agent = take(map)?,
            _ => skip(map)?,
        }
        Ok(())
    }
}

/// A message with what the client notes about it.
#[derive(Default)]
pub(super) struct Record<'de> {
    pub(super) timestamp: Text<'de>,
    pub(super) uuid: Text<'de>,
    pub(super) request: Text<'de>,
    pub(super) cwd: Text<'de>,
    pub(super) branch: Text<'de>,
    pub(super) skill: Text<'de>,
    pub(super) plugin: Text<'de>,
    pub(super) agent: Text<'de>,
    pub(super) adviser: Text<'de>,
    pub(super) sidechain: Option<bool>,
    pub(super) api_error: Option<bool>,
    pub(super) message: Option<Message<'de>>,
}

impl<'de> Fields<'de> for Record<'de> {
    fn field<A: MapAccess<'de>>(&mut self, key: &str, map: &mut A) -> Result<(), A::Error> {
        match key {
            "timestamp" => self.timestamp = take(map)?,
            "uuid" => self.uuid = take(map)?,
            "requestId" => self.request = take(map)?,
            "cwd" => self.cwd = take(map)?,
            "gitBranch" => self.branch = take(map)?,
            "attributionSkill" => self.skill = take(map)?,
            "attributionPlugin" => self.plugin = take(map)?,
            "attributionAgent" => self.agent = take(map)?,
            "advisorModel" => self.adviser = take(map)?,
            "isSidechain" => self.sidechain = take(map)?,
            "isApiErrorMessage" => self.api_error = take(map)?,
            "message" => self.message = take::<Object<_>, _>(map)?.0,
            _ => skip(map)?,
        }
        Ok(())
    }
}

/// The model's message.
#[derive(Default)]
pub(super) struct Message<'de> {
    pub(super) id: Text<'de>,
    pub(super) model: Text<'de>,
    pub(super) usage: Option<Usage<'de>>,
}

impl<'de> Fields<'de> for Message<'de> {
    fn field<A: MapAccess<'de>>(&mut self, key: &str, map: &mut A) -> Result<(), A::Error> {
        match key {
            "id" => self.id = take(map)?,
            "model" => self.model = take(map)?,
            "usage" => self.usage = take::<Object<_>, _>(map)?.0,
            _ => skip(map)?,
        }
        Ok(())
    }
}

/// What the message used, and calls that are billed besides because its totals leave them out.
#[derive(Default)]
pub(super) struct Usage<'de> {
    pub(super) own: Figures<'de>,
    pub(super) extras: Vec<Extra<'de>>,
    /// Whether there were more of them than are believed.
    pub(super) is_broken: bool,
}

impl<'de> Fields<'de> for Usage<'de> {
    fn field<A: MapAccess<'de>>(&mut self, key: &str, map: &mut A) -> Result<(), A::Error> {
        if key == "iterations" {
            let Iterations { extras, is_broken } = take(map)?;
            (self.extras, self.is_broken) = (extras, is_broken);
            Ok(())
        } else {
            self.own.field(key, map)
        }
    }
}

/// A call that the message's totals do not hold.
pub(super) struct Extra<'de> {
    pub(super) figures: Figures<'de>,
    /// Its place among the iterations, from 0.
    pub(super) position: u32,
    pub(super) is_adviser: bool,
}

struct Iterations<'de> {
    extras: Vec<Extra<'de>>,
    is_broken: bool,
}

impl<'de> Loose<'de> for Iterations<'de> {
    fn absent() -> Self {
        Self { extras: Vec::new(), is_broken: false }
    }

    fn list<A: SeqAccess<'de>>(mut list: A) -> Result<Self, A::Error> {
        let mut iterations = Self::absent();
        let mut position = 0_u32;
        while let Some(next) = list.next_element_seed(Any::<Object<Figures<'de>>>::new())? {
            if let Some(figures) = next.0 {
                iterations.push(figures, position);
            }
            position = position.saturating_add(1);
        }
        Ok(iterations)
    }
}

impl<'de> Iterations<'de> {
    /// Keeps what is billed besides; `message` and `fallback_message` are in the totals, or were not billed.
    fn push(&mut self, figures: Figures<'de>, position: u32) {
        let is_adviser = match figures.kind.as_deref() {
            Some("advisor_message") => true,
            Some("compaction") => false,
            _ => return,
        };
        if figures.tokens().is_ok_and(|tokens| tokens.is_none_or(|tokens| tokens.sum() == 0)) {
            return;
        }
        if self.extras.len() < MOST_EXTRAS {
            self.extras.push(Extra { figures, position, is_adviser });
        } else {
            self.is_broken = true;
        }
    }
}

/// The figures of one call.
#[derive(Default)]
pub(super) struct Figures<'de> {
    kind: Text<'de>,
    pub(super) model: Text<'de>,
    input: Figure,
    output: Figure,
    cache_read: Figure,
    cache_write: Figure,
    split: Option<Split>,
    service: Text<'de>,
    speed: Text<'de>,
    region: Text<'de>,
    tools: Option<Tools>,
}

impl<'de> Fields<'de> for Figures<'de> {
    fn field<A: MapAccess<'de>>(&mut self, key: &str, map: &mut A) -> Result<(), A::Error> {
        match key {
            "type" => self.kind = take(map)?,
            "model" => self.model = take(map)?,
            "input_tokens" => self.input = take(map)?,
            "output_tokens" => self.output = take(map)?,
            "cache_read_input_tokens" => self.cache_read = take(map)?,
            "cache_creation_input_tokens" => self.cache_write = take(map)?,
            "cache_creation" => self.split = take::<Object<_>, _>(map)?.0,
            "service_tier" => self.service = take(map)?,
            "speed" => self.speed = take(map)?,
            "inference_geo" => self.region = take(map)?,
            "server_tool_use" => self.tools = take::<Object<_>, _>(map)?.0,
            _ => skip(map)?,
        }
        Ok(())
    }
}

impl Figures<'_> {
    /// Returns the tokens; `None` when no figure is there.
    ///
    /// Of cache writes the split by lifetime counts; what it leaves out of the total was written for 5 minutes.
    pub(super) fn tokens(&self) -> Result<Option<Tokens>, Unknown> {
        let split = self.split.unwrap_or_default();
        let figures = [self.input, self.output, self.cache_read, self.cache_write, split.minutes, split.hour];
        if figures.contains(&Figure::Unknown) {
            return Err(Unknown);
        }
        if figures.iter().all(|figure| *figure == Figure::Absent) {
            return Ok(None);
        }
        let [input, output, cache_read, written, minutes, hour] = figures.map(|figure| match figure {
            Figure::Count(count) => count,
            Figure::Absent | Figure::Unknown => 0,
        });
        let cache_write_5m = minutes + written.saturating_sub(minutes + hour);
        Ok(Some(Tokens { input, output, cache_read, cache_write_5m, cache_write_1h: hour }))
    }

    pub(super) fn searches(&self) -> Result<u32, Unknown> {
        match self.tools.unwrap_or_default().searches {
            Figure::Absent => Ok(0),
            Figure::Count(count) => u32::try_from(count).map_err(|_| Unknown),
            Figure::Unknown => Err(Unknown),
        }
    }

    pub(super) fn tier(&self) -> Tier {
        let is = |text: &Text<'_>, word: &str| text.as_deref().is_some_and(|text| text.eq_ignore_ascii_case(word));
        Tier { batch: is(&self.service, "batch"), fast: is(&self.speed, "fast"), us: is(&self.region, "us") }
    }
}

/// Cache writes by their lifetime.
#[derive(Clone, Copy, Default)]
struct Split {
    minutes: Figure,
    hour: Figure,
}

impl<'de> Fields<'de> for Split {
    fn field<A: MapAccess<'de>>(&mut self, key: &str, map: &mut A) -> Result<(), A::Error> {
        match key {
            "ephemeral_5m_input_tokens" => self.minutes = take(map)?,
            "ephemeral_1h_input_tokens" => self.hour = take(map)?,
            _ => skip(map)?,
        }
        Ok(())
    }
}

/// Tools that ran at the vendor's.
#[derive(Clone, Copy, Default)]
struct Tools {
    searches: Figure,
}

impl<'de> Fields<'de> for Tools {
    fn field<A: MapAccess<'de>>(&mut self, key: &str, map: &mut A) -> Result<(), A::Error> {
        if key == "web_search_requests" {
            self.searches = take(map)?;
            Ok(())
        } else {
            skip(map)
        }
    }
}
