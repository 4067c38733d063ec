package org.emslens.app.drive;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Locale;
import javafx.scene.Node;
import org.emslens.app.lens.Job;
import org.emslens.app.lens.Lens;
import org.emslens.app.lens.Models;
import org.emslens.app.lens.Notice;
import org.emslens.app.lens.View;
import org.emslens.cache.Switch;
import org.emslens.format.Json;
import org.emslens.session.CacheChoice;
import org.emslens.session.Distribution.Candidate;
import org.emslens.session.Run;
import org.emslens.session.Sampling;

/** What a window is in, as JSON; the fields are described in the project's README. */
final class WindowState {
  /** Controls that scripts may count on. */
  static final List<String> CONTROLS =
      List.of(
          "undo",
          "redo",
          "prompt",
          "samples",
          "chat",
          "afterwards",
          "temperature",
          "run",
          "say",
          "cancel",
          "step",
          "back",
          "first",
          "last",
          "play",
          "tokens",
          "generate",
          "policy",
          "budget",
          "window",
          "save",
          "open",
          "theme",
          "context",
          "next",
          "heads",
          "heatmap",
          "strip",
          "scores",
          "timeline",
          "status",
          "page-inspect",
          "page-compare",
          "page-sweep",
          "page-needle",
          "compare-cancel",
          "sweep-cancel",
          "sweep-clear",
          "export-sweep",
          "needle-cancel",
          "needle-clear");

  private WindowState() {}

  static ObjectNode of(Target window) {
    Lens lens = window.lens();
    ObjectNode s = Json.MAPPER.createObjectNode();
    window.describe(s);
    Models.Open model = lens.models().modelProperty().get();
    s.put("model", model == null ? null : model.title());
    s.put("device", model == null ? null : model.device());
    ArrayNode jobs = s.putArray("jobs");
    for (Job j : lens.jobs().running()) {
      jobs.addObject()
          .put("kind", j.kind().name().toLowerCase(Locale.ROOT))
          .put("title", j.titleProperty().get())
          .put("progress", j.progressProperty().get());
    }
    String error = lens.said().errorProperty().get();
    s.put("status", error.isEmpty() ? lens.said().messageProperty().get() : error);
    View v = lens.viewProperty().get();
    settings(s, lens.settings().choice(), lens.settings().sampling(), v);
    run(s, v);
    s.putObject("selection")
        .put("layer", v == null ? lens.selection().layerProperty().get() : v.layer())
        .put("head", v == null ? lens.selection().headProperty().get() : v.head())
        .put("token", lens.selection().tokenProperty().get())
        .put("pinned", lens.selection().pinnedProperty().get());
    enabled(s, window);
    ArrayNode errors = s.putArray("errors");
    if (!error.isEmpty()) {
      errors.add(error);
    }
    Notice notice = lens.said().noticeProperty().get();
    s.put("notice", notice == null ? null : notice.text());
    if (notice != null && notice.failure()) {
      errors.add(notice.text());
    }
    return s;
  }

  private static void settings(ObjectNode s, CacheChoice c, Sampling sampling, View v) {
    ObjectNode budget = s.putObject("budget");
    if (v == null) {
      if (c.budget().share()) {
        budget.putNull("slots").put("share", c.budget().amount());
      } else {
        budget.put("slots", (int) c.budget().amount()).putNull("share");
      }
    } else {
      int slots = c.budget().slotsFor(v.promptTokens());
      budget.put("slots", slots).put("share", (double) slots / v.promptTokens());
    }
    budget.put("window", c.options().window());
    s.put("policy", c.policy().id());
    s.putObject("sampling")
        .put("temperature", sampling.temperature())
        .put("topP", sampling.topP())
        .put("topK", sampling.topK())
        .put("seed", sampling.seed());
    ObjectNode switches = s.putObject("switches");
    for (Switch w : Switch.values()) {
      if (c.policy().switches().contains(w) || c.reads(w)) {
        switches.put(w.id(), w.get(c.options()));
      }
    }
  }

  private static void run(ObjectNode s, View v) {
    if (v == null) {
      s.put("steps", 0).put("step", 0).put("generated", "").putNull("kl");
      s.putArray("next");
      return;
    }
    Run r = v.run();
    int n = r.steps().size() - 1;
    s.put("steps", n).put("step", v.stepIndex()).put("generated", r.generated(n));
    s.put("ended", r.ended());
    double kl = v.step().divergence();
    s.put("kl", Double.isNaN(kl) ? null : (Double) kl);
    ArrayNode next = s.putArray("next");
    for (Candidate c : v.step().next().top()) {
      next.addObject().put("token", c.text()).put("p", c.probability());
    }
  }

  private static void enabled(ObjectNode s, Target window) {
    ObjectNode enabled = s.putObject("enabled");
    for (String id : CONTROLS) {
      Node n = window.scene().getRoot().lookup("#" + id);
      enabled.put(id, n != null && !n.isDisabled());
    }
  }
}
