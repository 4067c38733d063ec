package org.emslens.app.library;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import javafx.beans.property.IntegerProperty;
import javafx.beans.property.ObjectProperty;
import javafx.beans.property.ReadOnlyBooleanProperty;
import javafx.beans.property.ReadOnlyBooleanWrapper;
import javafx.beans.property.SimpleIntegerProperty;
import javafx.beans.property.SimpleObjectProperty;
import javafx.collections.FXCollections;
import javafx.collections.ObservableList;
import javafx.collections.ObservableMap;
import org.emslens.app.controls.Background;
import org.emslens.app.controls.Format;
import org.emslens.app.lens.Job;
import org.emslens.app.lens.JobKind;
import org.emslens.app.lens.Lens;
import org.emslens.app.lens.Notice;
import org.emslens.app.lens.Said;
import org.emslens.device.DeviceProvider;
import org.emslens.device.Devices;
import org.emslens.engine.Fit;
import org.emslens.engine.LocalModel;
import org.emslens.hub.Catalogue;
import org.emslens.hub.CatalogueEntry;
import org.emslens.hub.FetchListener;
import org.emslens.hub.HubRepository;
import org.emslens.hub.LocalModels;
import org.emslens.hub.ModelStore;
import org.emslens.hub.Terms;
import org.emslens.hub.UserFolders;
import org.emslens.model.HubName;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The models that can be had: those of the catalogue, those on this disk, those of a repository.
 */
public final class LibraryModel {
  private static final Logger LOG = LoggerFactory.getLogger(LibraryModel.class);
  private static final int USUAL_CONTEXT = 4096;
  private static final String CATALOGUE = "catalogue";
  private static final String HUB = "model hub";

  private final Lens lens;
  private final ModelStore store;
  private final Map<String, String> environment;
  private final ObjectProperty<Row> newest = new SimpleObjectProperty<>(this, "newest");
  private final ObservableList<Row> rows = FXCollections.observableArrayList();
  private final ObservableList<Path> folders;
  private final IntegerProperty context = new SimpleIntegerProperty(this, "context", USUAL_CONTEXT);
  private final ObjectProperty<Question> question = new SimpleObjectProperty<>(this, "question");
  private final ReadOnlyBooleanWrapper looking = new ReadOnlyBooleanWrapper(this, "looking");
  private final Background background = new Background();
  private final Background asking = new Background();

  /** Of what is said on listing a repository. */
  private final Object listing = new Object();

  /** By what is fetched. */
  private final ObservableMap<String, Job> fetches = FXCollections.observableHashMap();

  /** Rows of those fetches, likewise. */
  private final Map<String, Row> running = new LinkedHashMap<>();

  /** Whose terms were not accepted just now. */
  private final Set<String> declined = new HashSet<>();

  private List<DeviceProvider.Found> devices = List.of();
  private List<Row> ofHub = List.of();

  /** What is said once the rows of a repository are in the list, or null. */
  private String justListed;

  /**
   * Terms that wait to be accepted.
   *
   * @param answer completed by whoever shows them
   */
  record Question(Terms terms, String text, CompletableFuture<Boolean> answer) {}

  private record Look(List<DeviceProvider.Found> devices, List<Row> rows) {}

  private record Listed(List<Row> rows, String problem) {}

  /**
   * @param folders of the user's choice that are looked through as well
   */
  public LibraryModel(Lens lens, ObservableList<Path> folders) {
    this(lens, folders, new ModelStore(UserFolders.models()), System.getenv());
  }

  /**
   * @param store where models are fetched to
   * @param environment that names the hub, and what lets the user in there
   */
  LibraryModel(
      Lens lens, ObservableList<Path> folders, ModelStore store, Map<String, String> environment) {
    this.lens = lens;
    this.folders = folders;
    this.store = store;
    this.environment = environment;
  }

  /** Looks again at what is there, off the screen's thread. */
  public void refresh() {
    looking.set(true);
    List<Path> chosen = List.copyOf(folders);
    background.request(
        stale -> new Look(Devices.find(), look(chosen)),
        found -> {
          devices = found.devices;
          List<Row> all = new ArrayList<>(found.rows);
          List<Row> missing = ofHub.stream().filter(r -> !isWhole(r)).toList();
          // The first file of several is no model yet.
          Set<String> begun = missing.stream().map(this::place).collect(Collectors.toSet());
          all.removeIf(r -> r.isHere() && begun.contains(r.key()));
          missing.stream().map(this::again).forEach(all::add);
          Set<Path> listed =
              missing.stream()
                  .flatMap(r -> r.parts().stream())
                  .map(store::path)
                  .collect(Collectors.toSet());
          all.removeIf(r -> isUnlisted(r) && listed.contains(store.path(r.parts().getFirst())));
          Set<String> shown = all.stream().map(Row::key).collect(Collectors.toSet());
          // What is being fetched stays in sight, whatever is listed meanwhile.
          running.values().stream().filter(r -> !shown.contains(r.key())).forEach(all::add);
          rows.setAll(all);
          looking.set(false);
          if (justListed != null) {
            lens.said().say(listing, justListed);
            justListed = null;
            newest.set(null);
            newest.set(rows.stream().filter(this::isOfHub).findFirst().orElse(null));
          }
        });
  }

  /** Whether all files of a model of the hub are here. */
  private boolean isWhole(Row r) {
    return r.parts().stream().allMatch(store::has);
  }

  private String place(Row r) {
    return store.path(r.parts().getFirst()).toString();
  }

  private Row again(Row r) {
    long here = r.parts().stream().mapToLong(p -> store.has(p) ? p.size() : store.partial(p)).sum();
    return new Row(r.title(), r.owner(), null, r.parts(), here, false);
  }

  private List<Row> look(List<Path> chosen) {
    List<LocalModel> local =
        LocalModels.everywhere(chosen).find().stream().map(LocalModel::of).toList();
    List<Row> all = new ArrayList<>();
    Set<Path> known = new HashSet<>();
    for (CatalogueEntry e : catalogue()) {
      Path path = store.path(e);
      known.add(path);
      LocalModel here =
          local.stream().filter(m -> m.found().path().equals(path)).findFirst().orElse(null);
      List<CatalogueEntry> parts = here == null ? List.of(e) : List.of();
      all.add(new Row(e.title(), CATALOGUE, here, parts, store.partial(e), here != null));
    }
    for (LocalModel m : local) {
      if (!known.contains(m.found().path())) {
        boolean own = store.holds(m.found().path());
        all.add(new Row(m.found().title(), m.found().owner(), m, List.of(), 0, own));
      }
    }
    all.addAll(brokenOff(known));
    return all;
  }

  /** What an earlier fetch from the hub has left, of which this program remembers no more. */
  private List<Row> brokenOff(Set<Path> known) {
    List<Row> left = new ArrayList<>();
    try {
      for (Map.Entry<Path, Long> e : store.unfinished().entrySet()) {
        String repository = HubName.of(e.getKey().getParent());
        if (repository != null && !known.contains(e.getKey())) {
          String file = e.getKey().getFileName().toString();
          CatalogueEntry part = HubRepository.unlisted(repository, file, environment);
          left.add(
              new Row(repository + ", " + file, HUB, null, List.of(part), e.getValue(), false));
        }
      }
    } catch (IOException e) {
      LOG.warn("{} cannot be looked through", store, e);
    }
    return left;
  }

  /** Whether the hub has to be asked what belongs to it. */
  private static boolean isUnlisted(Row r) {
    return !r.isHere() && r.owner().equals(HUB) && r.bytes() == 0;
  }

  private boolean isOfHub(Row r) {
    return ofHub.stream().anyMatch(h -> h.title().equals(r.title()));
  }

  private List<CatalogueEntry> parts(Row row) throws IOException {
    if (!isUnlisted(row)) {
      return row.parts();
    }
    CatalogueEntry part = row.parts().getFirst();
    String repository = HubName.of(store.path(part).getParent());
    boolean gguf = part.file().endsWith(".gguf");
    return HubRepository.open(repository, environment).entries(gguf ? part.file() : null);
  }

  private static List<CatalogueEntry> catalogue() {
    try {
      return Catalogue.shipped().entries();
    } catch (IOException e) {
      throw new IllegalStateException("The program's own catalogue cannot be read.", e);
    }
  }

  /** Whether a model would run here with the context that was asked for; null where unknown. */
  Fit fit(Row row) {
    return row.local() == null ? null : row.local().fit(context.get(), devices);
  }

  /** Lists what a repository of the hub has. */
  public void list(String repository) {
    String name = repository.strip();
    lens.said().over(listing);
    HubRepository.Wanted wanted = HubRepository.Wanted.of(name);
    if (wanted == null) {
      lens.said()
          .fail(
              listing,
              name.isEmpty()
                  ? "Write the name of a repository of the model hub, such as organisation/name."
                  : "'"
                      + name
                      + "' is not a repository of the model hub; expected organisation/name.");
      return;
    }
    lens.said().say(listing, "Asking the model hub what " + wanted.repository() + " has");
    asking.request(
        stale -> listed(wanted),
        found -> {
          lens.said().over(listing);
          if (found.problem != null) {
            lens.said().fail(listing, found.problem);
            return;
          }
          ofHub = found.rows;
          justListed =
              wanted.repository()
                  + (ofHub.size() == 1
                      ? ": fetch it below"
                      : ": choose one of its " + ofHub.size() + " models");
          refresh();
        });
  }

  /** What was said of a name is of no use once another is written. */
  void forgetListing() {
    justListed = null;
    lens.said().over(listing);
  }

  private Listed listed(HubRepository.Wanted wanted) {
    try {
      String name = wanted.repository();
      HubRepository repository = HubRepository.open(name, environment);
      List<Row> found = new ArrayList<>();
      for (HubRepository.File f : repository.ggufs()) {
        if (wanted.file() == null || f.path().contains(wanted.file())) {
          List<CatalogueEntry> parts = repository.entries(f.path());
          found.add(new Row(name + ", " + f.path(), HUB, null, parts, 0, false));
        }
      }
      if (found.isEmpty()) {
        found.add(new Row(name, HUB, null, repository.entries(wanted.file()), 0, false));
      }
      return new Listed(found, null);
    } catch (IOException e) {
      return new Listed(List.of(), e.getMessage());
    }
  }

  /** Fetches a model, from where an earlier fetch was broken off. */
  public void fetch(Row row) {
    if (isFetching(row)) {
      return;
    }
    lens.said().over(this);
    Job job =
        lens.jobs()
            .start(
                JobKind.FETCH,
                "Fetching " + row.title(),
                turn -> store.get(parts(row), listener(row, turn)),
                end -> {
                  fetches.remove(row.key());
                  running.remove(row.key());
                  switch (end) {
                    case Job.End.Done d -> lens.said().say(this, row.title() + " is here");
                    case Job.End.Cancelled c -> lens.said().say(this, row.title() + " is paused");
                    case Job.End.Failed f -> failed(row, f);
                  }
                  refresh();
                });
    running.put(row.key(), row);
    fetches.put(row.key(), job);
  }

  /** Who declines a model's terms knows why it is not fetched. */
  private void failed(Row row, Job.End.Failed f) {
    if (declined.remove(row.key())) {
      lens.said().say(this, row.title() + " was not fetched");
    } else {
      lens.said().fail(this, f.why());
    }
  }

  /** Stops fetching a model; what has come is kept. */
  public void pause(Row row) {
    if (isFetching(row)) {
      fetches.get(row.key()).cancel();
    }
  }

  /** The job that fetches it, or null. */
  Job fetching(Row row) {
    return row.isHere() ? null : fetches.get(row.key());
  }

  boolean isFetching(Row row) {
    return fetching(row) != null;
  }

  private FetchListener listener(Row row, Job.Turn turn) {
    return new FetchListener() {
      @Override
      public void at(String source, long bytes, long of) {
        turn.say(
            "Fetching "
                + row.title()
                + " from "
                + source
                + (of == 0
                    ? ""
                    : ": " + bytes / 1_000_000 + " of " + Math.ceilDiv(of, 1_000_000) + " MB"));
        turn.at(of == 0 ? 0 : (double) bytes / of);
      }

      @Override
      public boolean accepts(Terms terms, String text) {
        CompletableFuture<Boolean> answer = new CompletableFuture<>();
        Question asked = new Question(terms, text, answer);
        turn.say("The terms of " + row.title() + " wait for your answer on the page Models");
        lens.show(() -> question.set(asked));
        try {
          boolean accepted = answered(answer, turn);
          lens.show(
              () -> {
                if (!accepted) {
                  declined.add(row.key());
                }
              });
          return accepted;
        } finally {
          lens.show(() -> question.set(null));
        }
      }
    };
  }

  /** As long as nobody answers, the fetch can still be paused. */
  private static boolean answered(CompletableFuture<Boolean> answer, Job.Turn turn) {
    while (true) {
      try {
        return answer.get(200, TimeUnit.MILLISECONDS);
      } catch (TimeoutException e) {
        turn.at(0);
      } catch (InterruptedException | ExecutionException e) {
        return false;
      }
    }
  }

  /** Deletes a model that this program fetched, once the user has said so again. */
  public void delete(Row row) {
    boolean open = isOpen(row);
    lens.said()
        .ask(
            this,
            row.title()
                + " ("
                + (row.isHere()
                    ? Format.megabytes(row.bytes())
                    : Format.megabytes(row.partial()) + " so far")
                + ") would have to be fetched again."
                + (open ? " It is open now, and stays so until another one is." : ""),
            List.of(
                new Notice.Answer("delete-no", "Keep it", () -> {}),
                new Notice.Answer("delete-yes", "Delete it", () -> deleteNow(row))));
  }

  /** Whether it is the model that is open now. */
  boolean isOpen(Row row) {
    return lens.models().modelProperty().get() != null
        && lens.models().modelProperty().get().path().equals(row.path());
  }

  private void deleteNow(Row row) {
    lens.jobs()
        .start(
            JobKind.WRITE,
            "Deleting " + row.title(),
            turn -> {
              if (row.isHere()) {
                store.delete(row.path());
              } else {
                store.discard(row.parts());
              }
            },
            end -> {
              if (end instanceof Job.End.Failed f) {
                lens.said().fail(Said.Subject.FILE, f.why());
              } else {
                lens.said().say(Said.Subject.FILE, row.title() + " is deleted");
              }
              refresh();
            });
  }

  /** Looks through another folder as well. */
  public void add(Path folder) {
    if (!folders.contains(folder)) {
      folders.add(folder);
    }
    refresh();
  }

  /** No longer looks through a folder of the user's choice. */
  public void remove(Path folder) {
    folders.remove(folder);
    refresh();
  }

  /** The first row of the repository that was listed last, or null. */
  ObjectProperty<Row> newestProperty() {
    return newest;
  }

  /** Jobs that fetch, by what they fetch. */
  ObservableMap<String, Job> fetches() {
    return fetches;
  }

  ObservableList<Row> rows() {
    return rows;
  }

  ObservableList<Path> folders() {
    return folders;
  }

  /** Tokens that there is to be room for. */
  IntegerProperty contextProperty() {
    return context;
  }

  /** Terms that wait to be accepted, or null. */
  ObjectProperty<Question> questionProperty() {
    return question;
  }

  ReadOnlyBooleanProperty lookingProperty() {
    return looking.getReadOnlyProperty();
  }
}
