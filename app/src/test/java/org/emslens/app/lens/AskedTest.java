package org.emslens.app.lens;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Path;
import org.emslens.device.Device;
import org.emslens.device.Devices;
import org.emslens.engine.ForwardPass;
import org.emslens.engine.Progress;
import org.emslens.model.Model;
import org.emslens.model.ModelLoader;
import org.emslens.session.Asking;
import org.emslens.session.CacheChoice;
import org.emslens.session.Sampling;
import org.emslens.session.Session;
import org.junit.jupiter.api.Test;

/** What a user asked, as it is told from a run. */
class AskedTest {
  private static final Path MODEL =
      Path.of("..", "core", "src", "test", "resources", "org", "emslens", "tiny", "plain");

  /** A recording may hold what was read, rather than what a user wrote. */
  @Test
  void whatATemplatePutsBehindAQuestionIsNoneOfIt() throws IOException {
    Asked asked = new Asked("The keeper lit the lamp.", "Who came home?", true, "Be brief.");
    try (Model model = ModelLoader.open(MODEL);
        Device device = Devices.open("cpu");
        ForwardPass pass = new ForwardPass(model, device, Progress.NONE)) {
      Asking asking = asked.asking(model);
      assertEquals("Who came home?", asking.words(model.chat()));
      Session s =
          Session.start(
              model,
              pass,
              asking.compressed(),
              CacheChoice.DEFAULT,
              Sampling.GREEDY,
              Session.Detail.STEPS,
              Progress.NONE);
      s.ask(asking.afterwards(), asking.afterwards(), step -> {});
      assertEquals(asked, Asked.of(s.run(), model));
    }
    Asking plain = Asking.of("The keeper lit the lamp.", "Who came home?");
    assertEquals("Who came home?", plain.words(null));
  }
}
