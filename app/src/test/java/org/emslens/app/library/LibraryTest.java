package org.emslens.app.library;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import javafx.application.Platform;
import javafx.collections.FXCollections;
import javafx.scene.Scene;
import javafx.scene.control.Button;
import javafx.scene.control.TableView;
import javafx.scene.control.TextField;
import javafx.stage.Stage;
import org.emslens.app.controls.FileDialogs;
import org.emslens.app.lens.Lens;
import org.emslens.app.lens.Notice;
import org.emslens.hub.ModelStore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.testfx.api.FxRobot;
import org.testfx.framework.junit5.ApplicationExtension;
import org.testfx.framework.junit5.Start;
import org.testfx.util.WaitForAsyncUtils;

/** The page Models, beside a hub that serves one tiny model. */
@ExtendWith(ApplicationExtension.class)
class LibraryTest {
  private static final Path MODEL =
      Path.of("../core/src/test/resources/org/emslens/families/qwen2.gguf");

  @TempDir static Path folder;

  private HttpServer server;
  private Lens lens;
  private LibraryModel model;
  private byte[] content;
  private final List<Path> opened = new ArrayList<>();
  private Path store;

  /** What the hub's repository has. */
  private List<String> files = List.of("a.gguf");

  /** Counted down once the hub may send all of the file. */
  private final CountDownLatch gate = new CountDownLatch(1);

  @Start
  void start(Stage stage) throws IOException {
    content = Files.readAllBytes(MODEL);
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/", this::answer);
    server.start();
    store = Files.createTempDirectory(folder, "store");
    lens = new Lens(Platform::runLater);
    String hub = "http://127.0.0.1:" + server.getAddress().getPort();
    model =
        new LibraryModel(
            lens,
            FXCollections.observableArrayList(store),
            new ModelStore(store),
            Map.of("HF_ENDPOINT", hub));
    LibraryView view = new LibraryView(lens, model, FileDialogs.platform(), opened::add);
    stage.setScene(new Scene(view, 1000, 600));
    stage.show();
    model.refresh();
  }

  private void answer(HttpExchange e) throws IOException {
    try (e) {
      if (e.getRequestURI().getPath().startsWith("/api/models/owner/repo/")) {
        byte[] list =
            files.stream()
                .map(f -> file(f, content.length))
                .collect(Collectors.joining(",", "[", "]"))
                .getBytes();
        e.sendResponseHeaders(200, list.length);
        e.getResponseBody().write(list);
      } else if (e.getRequestURI().getPath().endsWith("/a.gguf")) {
        send(e);
      } else {
        e.sendResponseHeaders(404, -1);
      }
    }
  }

  private static String file(String path, int size) {
    return "{\"type\": \"file\", \"path\": \"" + path + "\", \"size\": " + size + "}";
  }

  /** Half of the file, and once the gate is open the rest. */
  private void send(HttpExchange e) throws IOException {
    String range = e.getRequestHeaders().getFirst("Range");
    int from = range == null ? 0 : Integer.parseInt(range.replaceAll("\\D", ""));
    if (from > 0) {
      e.getResponseHeaders().add("Content-Range", "bytes " + from + "-/" + content.length);
    }
    e.sendResponseHeaders(from > 0 ? 206 : 200, content.length - from);
    int half = Math.max(from, content.length / 2);
    e.getResponseBody().write(content, from, half - from);
    e.getResponseBody().flush();
    try {
      gate.await(20, TimeUnit.SECONDS);
    } catch (InterruptedException broken) {
      return;
    }
    e.getResponseBody().write(content, half, content.length - half);
  }

  @AfterEach
  void stop() {
    gate.countDown();
    WaitForAsyncUtils.waitForAsyncFx(5000, lens::close);
    server.stop(0);
  }

  private static void until(BooleanSupplier condition) {
    try {
      WaitForAsyncUtils.waitFor(
          20, TimeUnit.SECONDS, () -> WaitForAsyncUtils.asyncFx(condition::getAsBoolean).get());
      WaitForAsyncUtils.waitForFxEvents();
    } catch (TimeoutException e) {
      throw new AssertionError("It did not happen within 20 seconds.", e);
    }
  }

  private Row row() {
    return model.rows().stream().filter(r -> r.title().contains("a.gguf")).findFirst().orElse(null);
  }

  /** The button of this kind in the model's row, which is the last. */
  private static void press(FxRobot robot, String id) {
    robot.interact(
        () -> {
          List<Button> all = new ArrayList<>(robot.lookup(id).queryAllAs(Button.class));
          all.sort((a, b) -> Double.compare(y(a), y(b)));
          all.getLast().fire();
        });
  }

  private static double y(Button b) {
    return b.localToScene(0, 0).getY();
  }

  private void list(FxRobot robot, String repository) {
    robot.interact(
        () -> {
          TextField field = robot.lookup("#library-repository").queryAs(TextField.class);
          field.setText(repository);
          robot.lookup("#library-list").queryButton().fire();
        });
  }

  private String said() {
    return lens.said().errorProperty().get();
  }

  @Test
  void aModelIsFetchedPausedResumedOpenedAndDeleted(FxRobot robot) {
    list(robot, "owner/repo");
    until(() -> row() != null);
    assertFalse(row().isHere());
    press(robot, "#library-fetch");
    until(() -> model.isFetching(row()) && model.fetching(row()).progressProperty().get() > 0.4);
    press(robot, "#library-pause");
    until(() -> !model.isFetching(row()) && row().partial() > 0);
    assertTrue(lens.said().messageProperty().get().endsWith("is paused"));
    gate.countDown();
    press(robot, "#library-fetch");
    until(() -> row() != null && row().isHere());
    assertEquals("qwen2", row().local().config().architecture());
    assertTrue(model.fit(row()).words().startsWith("fits"));

    press(robot, "#library-open");
    assertEquals(List.of(row().path()), opened);

    Path file = row().path();
    press(robot, "#library-delete");
    assertTrue(Files.exists(file), "asked first");
    answer(robot, "delete-no");
    assertTrue(Files.exists(file));
    press(robot, "#library-delete");
    answer(robot, "delete-yes");
    until(() -> !Files.exists(file) && row() != null && !row().isHere());
    assertFalse(Files.exists(file.getParent()), "nothing of it is left");
  }

  private void answer(FxRobot robot, String id) {
    robot.interact(
        () -> {
          for (Notice.Answer a : lens.said().noticeProperty().get().answers()) {
            if (a.id().equals(id)) {
              lens.said().dismiss();
              a.action().run();
              return;
            }
          }
          throw new AssertionError("there is no answer " + id);
        });
  }

  /** What has come of a model in several files is no model yet, and can be gone on with. */
  @Test
  void aModelOfWhichSomeFilesAreHereIsStillToBeFetched(FxRobot robot) throws IOException {
    files = List.of("m-00001-of-00002.gguf", "m-00002-of-00002.gguf");
    list(robot, "owner/repo");
    until(() -> model.rows().stream().anyMatch(r -> r.title().contains("m-00001")));
    Path first = store.resolve("owner--repo").resolve("m-00001-of-00002.gguf");
    Files.createDirectories(first.getParent());
    Files.write(first, content);
    robot.interact(model::refresh);
    until(() -> split().size() == 1 && split().getFirst().partial() == content.length);
    assertFalse(split().getFirst().isHere());
    assertEquals(2L * content.length, split().getFirst().bytes());
    press(robot, "#library-delete");
    answer(robot, "delete-yes");
    until(() -> split().size() == 1 && split().getFirst().partial() == 0);
    assertFalse(Files.exists(first));
    Files.createDirectories(first.getParent());
    Files.write(first, content);
    Files.write(first.resolveSibling("m-00002-of-00002.gguf"), content);
    robot.interact(model::refresh);
    until(() -> split().size() == 1 && split().getFirst().isHere());
  }

  /** What was begun in an earlier run of the program is gone on with, or thrown away. */
  @Test
  void whatWasBrokenOffIsThereAgain(FxRobot robot) throws IOException {
    Path part = store.resolve("owner--repo").resolve("a.gguf.part");
    Files.createDirectories(part.getParent());
    Files.write(part, Arrays.copyOf(content, 1000));
    robot.interact(model::refresh);
    until(() -> row() != null && row().partial() == 1000);
    assertEquals("owner/repo, a.gguf", row().title());
    press(robot, "#library-delete");
    WaitForAsyncUtils.waitForFxEvents();
    answer(robot, "delete-yes");
    until(() -> row() == null);
    assertFalse(Files.exists(part.getParent()));
    Files.createDirectories(part.getParent());
    Files.write(part, Arrays.copyOf(content, 1000));
    robot.interact(model::refresh);
    until(() -> row() != null);
    gate.countDown();
    press(robot, "#library-fetch");
    until(() -> row() != null && row().isHere());
    assertArrayEquals(content, Files.readAllBytes(part.resolveSibling("a.gguf")));
  }

  /** An address is as good as a name; what was listed is in sight and chosen. */
  @Test
  void whatIsListedIsInSight(FxRobot robot) {
    list(robot, "https://huggingface.co/owner/repo/tree/main");
    until(() -> row() != null);
    TableView<?> table = robot.lookup("#library-table").queryAs(TableView.class);
    until(() -> table.getSelectionModel().getSelectedItem() == row());
    list(robot, "owner/repo:other");
    until(() -> said().contains("has no file 'other'"));
  }

  private List<Row> split() {
    return model.rows().stream().filter(r -> r.title().contains("m-0000")).toList();
  }

  @Test
  void whatCannotBeListedSaysWhy(FxRobot robot) {
    list(robot, "no repository");
    until(() -> said().contains("'no repository' is not a repository of the model hub"));
    list(robot, "owner/other");
    until(() -> said().contains("owner/other cannot be looked into") && said().contains("404"));
  }

  @Test
  void moreContextNeedsMoreMemory(FxRobot robot) {
    gate.countDown();
    list(robot, "owner/repo");
    until(() -> row() != null);
    press(robot, "#library-fetch");
    until(() -> row().isHere());
    long before = model.fit(row()).bytes();
    robot.interact(() -> model.contextProperty().set(256));
    assertTrue(model.fit(row()).bytes() < before);
  }
}
