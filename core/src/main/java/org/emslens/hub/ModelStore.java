package org.emslens.hub;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CancellationException;
import java.util.stream.Stream;
import org.emslens.format.AtomicFile;
import org.emslens.format.Sha256;
import org.emslens.format.SplitGguf;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The folder of fetched models: nothing is there under its own name that was not checked against
 * its digest.
 */
public final class ModelStore {
  private static final Logger LOG = LoggerFactory.getLogger(ModelStore.class);

  /** What a file is called until all of it has come. */
  private static final String PART = ".part";

  private final Path folder;

  public ModelStore(Path folder) {
    this.folder = folder;
  }

  /** Where a model of the catalogue is kept, whether it is there or not. */
  public Path path(CatalogueEntry entry) {
    return folder.resolve(entry.id()).resolve(entry.file());
  }

  public boolean has(CatalogueEntry entry) {
    return Files.isRegularFile(path(entry));
  }

  /** Bytes of it that an earlier fetch has left, to be continued. */
  public long partial(CatalogueEntry entry) {
    return part(entry).toFile().length();
  }

  private Path part(CatalogueEntry entry) {
    return part(path(entry));
  }

  private static Path part(Path file) {
    return file.resolveSibling(file.getFileName() + PART);
  }

  private static Path lock(Path file) {
    return file.resolveSibling(file.getFileName() + ".lock");
  }

  /**
   * Files whose fetch was broken off: where they will lie, and how many bytes have come. Those that
   * somebody is fetching now are not among them.
   */
  public Map<Path, Long> unfinished() throws IOException {
    Map<Path, Long> found = new TreeMap<>();
    for (Path model : files(folder)) {
      for (Path part : Files.isDirectory(model) ? files(model) : List.<Path>of()) {
        String name = part.getFileName().toString();
        if (name.endsWith(PART)) {
          Path file = part.resolveSibling(name.substring(0, name.length() - PART.length()));
          if (!Files.exists(file) && !isFetched(file)) {
            found.put(file, part.toFile().length());
          }
        }
      }
    }
    return found;
  }

  private static List<Path> files(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(folder)) {
      return files.toList();
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  /** Whether this program, or another one, is fetching a file now. */
  private static boolean isFetched(Path file) throws IOException {
    Path held = lock(file);
    if (!Files.exists(held)) {
      return false;
    }
    try (FileChannel channel = FileChannel.open(held, StandardOpenOption.WRITE);
        FileLock lock = channel.tryLock()) {
      return lock == null;
    } catch (OverlappingFileLockException e) {
      return true;
    }
  }

  /**
   * Throws away what has come of a model that is not whole, and its folder where nothing else is in
   * it.
   *
   * @param parts of it, as far as they are known
   * @throws IOException in one sentence, where it is being fetched
   */
  public void discard(List<CatalogueEntry> parts) throws IOException {
    Path of = path(parts.getFirst()).getParent();
    List<Path> gone = new ArrayList<>();
    for (CatalogueEntry e : parts) {
      SplitGguf.parts(e.file()).forEach(name -> gone.add(of.resolve(name)));
    }
    if (parts.stream().noneMatch(e -> e.file().endsWith(".gguf"))) {
      // A folder of safetensors, with what else belongs to it.
      files(of).stream().filter(f -> !f.toString().contains(".gguf")).forEach(gone::add);
    }
    for (Path file : gone) {
      if (isFetched(file)) {
        throw new IOException(file.getFileName() + " is being fetched; pause that first.");
      }
    }
    for (Path file : gone) {
      Files.deleteIfExists(file);
      Files.deleteIfExists(part(file));
      Files.deleteIfExists(lock(file));
    }
    if (Files.isDirectory(of) && files(of).isEmpty()) {
      Files.delete(of);
    }
  }

  /** Whether a model file or folder is one of this store's. */
  public boolean holds(Path model) {
    return model.toAbsolutePath().startsWith(folder.toAbsolutePath());
  }

  /**
   * Deletes a model of this store, and its folder with all that was kept beside it where no other
   * model is there.
   */
  public void delete(Path model) throws IOException {
    if (!holds(model)) {
      throw new IOException(model + " was not fetched by this program and is left alone.");
    }
    Path of = Files.isDirectory(model) ? model : model.getParent();
    if (Files.isRegularFile(model)) {
      for (String part : SplitGguf.parts(model.getFileName().toString())) {
        Files.deleteIfExists(model.resolveSibling(part));
      }
    }
    try (Stream<Path> others = Files.list(of)) {
      if (of.equals(folder) || others.anyMatch(o -> o.toString().endsWith(".gguf"))) {
        return;
      }
    }
    try (Stream<Path> all = Files.walk(of)) {
      for (Path p : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(p);
      }
    }
  }

  /** Model files and folders in the store. */
  public List<Path> local() throws IOException {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> files = Files.walk(folder, 3)) {
      return files
          .filter(f -> LocalModels.isGguf(f) || f.endsWith("config.json"))
          .map(f -> f.endsWith("config.json") ? f.getParent() : f)
          .sorted()
          .toList();
    }
  }

  /**
   * A model that consists of several files, each fetched if it is missing.
   *
   * @return what is opened: the file, of several GGUF files the first, else the folder that they
   *     are in
   */
  public Path get(List<CatalogueEntry> parts, FetchListener listener) throws IOException {
    for (CatalogueEntry part : parts) {
      get(part, listener);
    }
    Path first = path(parts.getFirst());
    return parts.size() == 1 || first.toString().endsWith(".gguf") ? first : first.getParent();
  }

  /**
   * The model's file, fetched if it is missing. Sources are tried in order; a broken download is
   * continued; two processes at once do the work once.
   *
   * @throws IOException in one sentence, where no source could give it or its digest is wrong
   */
  public Path get(CatalogueEntry entry, FetchListener listener) throws IOException {
    Path target = path(entry);
    if (has(entry)) {
      return target;
    }
    Files.createDirectories(target.getParent());
    Path lockFile = lock(target);
    try (FileChannel channel =
            FileChannel.open(lockFile, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock lock = lock(channel, entry, listener)) {
      LOG.debug("Holding {}", lock);
      if (!has(entry)) {
        if (entry.terms() != null && !entry.terms().acceptedIn(target.getParent())) {
          entry.terms().ask(target.getParent(), listener);
        }
        fetch(entry, target, listener);
      }
    }
    return target;
  }

  /** Waits for the other process or thread that is fetching the same model. */
  private static FileLock lock(FileChannel channel, CatalogueEntry entry, FetchListener listener)
      throws IOException {
    while (true) {
      try {
        FileLock lock = channel.tryLock();
        if (lock != null) {
          return lock;
        }
      } catch (OverlappingFileLockException e) {
        LOG.debug("Another thread is fetching {}", entry.id());
      }
      listener.at("another EMS Lens, which is fetching it already", 0, entry.size());
      try {
        Thread.sleep(200);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new CancellationException("The fetch was interrupted.");
      }
    }
  }

  private void fetch(CatalogueEntry entry, Path target, FetchListener listener) throws IOException {
    Path part = part(entry);
    List<String> failures = new ArrayList<>();
    for (Source source : entry.sources()) {
      try {
        LOG.info("Fetching {} from {}", entry.id(), source.title());
        listener.at(source.title(), 0, entry.size());
        CatalogueEntry stated = pinned(source.stated(entry));
        source.fetch(stated, part, listener);
        check(stated, part);
        pin(stated);
        AtomicFile.move(part, target);
        return;
      } catch (IOException e) {
        LOG.warn("{} cannot be fetched from {}", entry.id(), source.title(), e);
        failures.add(e.getMessage());
        listener.gaveUp(source.title(), e.getMessage());
      }
    }
    throw new IOException(entry.title() + " cannot be fetched: " + String.join(" ", failures));
  }

  /** What the catalogue does not state is learnt with the first fetch, and holds from then on. */
  private CatalogueEntry pinned(CatalogueEntry stated) throws IOException {
    Path pin = pinOf(stated);
    return Files.exists(pin) ? stated.of(stated.size(), Files.readString(pin).strip()) : stated;
  }

  private void pin(CatalogueEntry stated) throws IOException {
    if (stated.sha256() != null) {
      Files.createDirectories(pinOf(stated).getParent());
      Files.writeString(pinOf(stated), stated.sha256());
    }
  }

  private Path pinOf(CatalogueEntry entry) {
    return folder.resolve(".digests").resolve(entry.id() + "." + entry.file() + ".sha256");
  }

  /** Refuses, and deletes, a file whose digest is not the catalogue's. */
  private static void check(CatalogueEntry entry, Path part) throws IOException {
    if (entry.sha256() == null) {
      return;
    }
    String found = Sha256.of(List.of(part));
    if (!found.equalsIgnoreCase(entry.sha256())) {
      Files.delete(part);
      throw new IOException(
          entry.file()
              + " has SHA-256 "
              + found
              + "; expected "
              + entry.sha256()
              + ", so it was thrown away.");
    }
  }

  /**
   * The file or folder that a user means: a path that exists, else a catalogue id, else (null) the
   * default model.
   */
  public Path resolve(Catalogue catalogue, String model, FetchListener listener)
      throws IOException {
    check(catalogue, model);
    if (model != null && exists(model)) {
      return Path.of(model);
    }
    return get(model == null ? catalogue.defaultEntry() : catalogue.find(model), listener);
  }

  /**
   * Says before anything is fetched or read whether a user's model is one.
   *
   * @throws IOException in one sentence, where it is neither there nor in the catalogue
   */
  public void check(Catalogue catalogue, String model) throws IOException {
    if (model == null || exists(model)) {
      return;
    }
    boolean isPath = model.contains("/") || model.contains("\\") || model.endsWith(".gguf");
    if (isPath) {
      throw new IOException(model + ": no such file or folder.");
    }
    catalogue.find(model);
  }

  private static boolean exists(String model) throws IOException {
    try {
      return !model.isEmpty() && Files.exists(Path.of(model));
    } catch (InvalidPathException e) {
      throw new IOException("'" + model + "' cannot be a file's name.", e);
    }
  }
}
