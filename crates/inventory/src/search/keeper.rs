//! The thread that loads the index and keeps it up to date.

use std::sync::mpsc::Receiver;
use std::sync::{Arc, PoisonError, Weak};
use std::time::Duration;

use groma_database::rusqlite;
use groma_embedding::{Embedder, EmbedderKind};
use groma_model::ThingId;
use groma_search::{Index, Known};

use super::{SearchIndex, Stage, copy, document, embeddings};
use crate::InventoryError;
use crate::feed::Fed;
use crate::things::{self, Thing};

/// Things read at a time.
const PAGE: usize = 1_000;
/// From how many things on a copy is kept for the next start: fewer are read as fast.
const WORTH_A_COPY: usize = if cfg!(test) { 20 } else { 5_000 };
/// For how long a process that is about to end goes on with an index that has no copy yet.
const FOR_THE_NEXT: Duration = Duration::from_secs(10);
/// A copy is made anew when one in so many things is another one.
const DRIFT: usize = 10;

/// A picture of the inventory in memory.
struct Picture {
    index: Arc<Index>,
    embedder: Arc<dyn Embedder>,
    /// How many things differ from the copy on disk.
    drift: usize,
    /// Whether it began with the copy.
    has_copy: bool,
    /// Whether all names and words are in it.
    is_whole: bool,
}

/// Starts it. It ends when the index is dropped, told to forget, or closed.
pub(super) fn start(search: &Arc<SearchIndex>) -> std::io::Result<()> {
    let weak = Arc::downgrade(search);
    let fed = search.inventory.feed.listen();
    let run = move || {
        let ended = keep(&weak, fed);
        if let Some(search) = weak.upgrade() {
            let stage = match ended {
                Ok(()) => Stage::Idle,
                Err(error) => {
                    tracing::error!(%error, "the search index could not be loaded");
                    Stage::Failed(error.to_string())
                }
            };
            *search.started.lock().unwrap_or_else(PoisonError::into_inner) = false;
            *search.index.write().unwrap_or_else(PoisonError::into_inner) = Arc::default();
            search.stage.send_replace(stage);
        }
    };
    std::thread::Builder::new().name("search-index".to_owned()).spawn(run).map(drop)
}

fn keep(search: &Weak<SearchIndex>, mut fed: Receiver<Vec<Fed>>) -> Result<(), InventoryError> {
    loop {
        let Some(live) = search.upgrade() else { return Ok(()) };
        // While a picture is made anew, the old one is shown.
        let mut picture = live.begin();
        live.load(&mut picture, &fed)?;
        drop(live);
        loop {
            let Ok(news) = fed.recv() else {
                if let Some(live) = search.upgrade() {
                    live.leave(&picture);
                }
                return Ok(());
            };
            let Some(live) = search.upgrade() else { return Ok(()) };
            live.take(&mut picture, news);
            if live.inventory.feed.lost() {
                fed = live.inventory.feed.listen();
                break;
            }
        }
    }
}

impl SearchIndex {
    /// Begins with the copy, or with nothing.
    fn begin(&self) -> Picture {
        let embedder = self.embedder();
        let index = copy::load(&self.inventory.keyring, embedder.id());
        let has_copy = index.is_some();
        Picture { index: Arc::new(index.unwrap_or_default()), embedder, drift: 0, has_copy, is_whole: false }
    }

    fn load(&self, picture: &mut Picture, fed: &Receiver<Vec<Fed>>) -> Result<(), InventoryError> {
        let connection = self.inventory.database.reader()?;
        self.load_things(picture, &connection, fed)?;
        if self.gives_up(picture) {
            return Ok(());
        }
        *self.index.write().unwrap_or_else(PoisonError::into_inner) = Arc::clone(&picture.index);
        self.advance(Stage::Names);
        while picture.index.build_some_words() {
            if self.gives_up(picture) {
                return Ok(());
            }
        }
        self.catch_up(picture, fed);
        picture.is_whole = true;
        self.advance(Stage::Words);
        self.load_meanings(picture, &connection, fed)?;
        self.advance(Stage::Whole);
        Ok(())
    }

    /// Goes on to a stage; a picture that is made anew does not go back.
    fn advance(&self, stage: Stage) {
        self.stage.send_if_modified(|now| {
            let further = *now < stage;
            if further {
                *now = stage;
            }
            further
        });
    }

    /// Whether nobody wants any more of it.
    fn is_leaving(&self) -> bool {
        self.closing.get().is_some()
    }

    /// Whether loading names and words is broken off. Whoever began without a copy goes on for a while, so that the next
    /// can begin with one: else no command that searches by itself ever would.
    fn gives_up(&self, picture: &Picture) -> bool {
        self.closing.get().is_some_and(|since| picture.has_copy || since.elapsed() > FOR_THE_NEXT)
    }

    /// Reads what is not in the picture as it is in the table, and takes out what is not in the table.
    fn load_things(
        &self,
        picture: &mut Picture,
        connection: &rusqlite::Connection,
        fed: &Receiver<Vec<Fed>>,
    ) -> Result<(), InventoryError> {
        let mut known = picture.index.known().into_iter().peekable();
        let mut after = None;
        while !self.gives_up(picture) {
            let (mut page, mut seen, mut gone) = (Vec::with_capacity(PAGE), Vec::new(), Vec::new());
            // Both go by id.
            let skip = |id: ThingId, light: &things::Light| {
                while let Some(absent) = known.next_if(|known| known.id < id) {
                    gone.push(absent.id);
                }
                let Some(known) = known.next_if(|known| known.id == id) else { return false };
                let Known { version, first_seen, last_seen, last_changed, deleted, .. } = known;
                let same = (version, deleted) == (light.digest, light.deleted)
                    && (first_seen, last_changed) == (light.first_seen.micros(), light.last_changed.micros());
                if same && last_seen != light.last_seen.micros() {
                    seen.push((id, light.last_seen.micros()));
                }
                same
            };
            let keyring = &self.inventory.keyring;
            let each = |thing, version| page.push((thing, version));
            let last = things::all(connection, keyring, after, PAGE, skip, each).map_err(read)?;
            picture.index.seen_before(&seen);
            self.put(picture, page);
            picture.drift += gone.len();
            picture.index.remove(&gone);
            self.catch_up(picture, fed);
            match last {
                Some(last) => after = Some(last),
                None => break,
            }
        }
        if self.gives_up(picture) {
            return Ok(());
        }
        let gone: Vec<ThingId> = known.map(|known| known.id).collect();
        picture.drift += gone.len();
        picture.index.remove(&gone);
        Ok(())
    }

    fn load_meanings(
        &self,
        picture: &mut Picture,
        connection: &rusqlite::Connection,
        fed: &Receiver<Vec<Fed>>,
    ) -> Result<(), InventoryError> {
        let mut after: Option<ThingId> = None;
        while !self.is_leaving() {
            let keyring = &self.inventory.keyring;
            let last = match picture.embedder.kind() {
                EmbedderKind::Model => {
                    let id = picture.embedder.id();
                    let page = embeddings::page(connection, keyring, id, after, PAGE).map_err(read)?;
                    let last = page.last().map(|(id, _)| *id);
                    picture.index.set_vectors(page);
                    last
                }
                EmbedderKind::Lexical => {
                    let mut page = Vec::new();
                    let skip = |id: ThingId, _: &things::Light| picture.index.has_vector(id);
                    let each = |thing, _| page.push(thing);
                    let last = things::all(connection, keyring, after, PAGE, skip, each).map_err(read)?;
                    self.learn_spelling(picture, &page);
                    last
                }
            };
            self.catch_up(picture, fed);
            match last {
                Some(last) => after = Some(last),
                None => break,
            }
        }
        Ok(())
    }

    /// Puts things into the picture. Vectors of spellings are of what they were before.
    fn put(&self, picture: &mut Picture, things: Vec<(Thing, [u8; 16])>) {
        if picture.embedder.kind() == EmbedderKind::Lexical {
            picture.index.set_vectors(things.iter().map(|(thing, _)| (thing.id, Vec::new())).collect());
        }
        picture.drift += things.len();
        let documents = things.into_iter();
        let documents =
            documents.map(|(thing, version)| document::document(thing, version, self.usual_name)).collect();
        picture.index.upsert(documents);
    }

    /// Gives things vectors of their spelling, which are made as fast as they are read.
    fn learn_spelling(&self, picture: &Picture, things: &[Thing]) {
        if picture.embedder.kind() != EmbedderKind::Lexical {
            return;
        }
        let texts: Vec<String> = things.iter().map(|thing| document::text(thing, self.usual_name)).collect();
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        match picture.embedder.embed(&texts) {
            Ok(vectors) => {
                picture.index.set_vectors(things.iter().map(|thing| thing.id).zip(vectors).collect());
            }
            Err(error) => tracing::warn!(%error, "things get no vectors of their spelling"),
        }
    }

    /// Takes in what was committed by now.
    fn catch_up(&self, picture: &mut Picture, fed: &Receiver<Vec<Fed>>) {
        while let Ok(news) = fed.try_recv() {
            self.take(picture, news);
        }
    }

    fn take(&self, picture: &mut Picture, news: Vec<Fed>) {
        let (mut changed, mut seen, mut back, mut gone) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for fed in news {
            match fed {
                Fed::Changed(thing) => changed.push(*thing),
                Fed::Seen(id, at) => seen.push((id, at.micros())),
                Fed::SeenBefore(id, at) => back.push((id, at.micros())),
                Fed::Forgotten(id) => gone.push(id),
            }
        }
        let digest = |thing: &Thing| thing.digest(&self.inventory.keyring);
        self.put(picture, changed.iter().map(|thing| (thing.clone(), digest(thing))).collect());
        self.learn_spelling(picture, &changed);
        // What a thing is when it is changed knows who saw it before; who saw it again since comes after.
        picture.index.seen(&seen);
        picture.index.seen_before(&back);
        picture.drift += gone.len();
        picture.index.remove(&gone);
    }

    /// Keeps a copy for the next start, if it would be worth it.
    fn leave(&self, picture: &Picture) {
        let count = picture.index.standing().documents;
        if !picture.is_whole || !self.is_leaving() || count < WORTH_A_COPY || picture.drift * DRIFT < count {
            return;
        }
        let embedder = (picture.embedder.id(), picture.embedder.kind());
        if let Err(error) = copy::save(&self.inventory.keyring, &picture.index, embedder) {
            tracing::debug!(%error, "no copy of the search index was kept");
        }
    }
}

fn read(error: rusqlite::Error) -> InventoryError {
    InventoryError::Storage(error.to_string())
}
