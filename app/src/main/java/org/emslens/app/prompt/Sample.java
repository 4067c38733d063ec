package org.emslens.app.prompt;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.emslens.cache.Policies;
import org.emslens.session.Budget;
import org.emslens.session.CacheChoice;

/**
 * A prompt that the program ships, with what to look for and settings that show it.
 *
 * @param about one paragraph
 * @param question what is asked once the text is compressed; empty where it stands in the text
 * @param chat whether it is sent as a chat turn
 * @param look text in it that is worth looking at first, or empty
 * @param layer of the head that is shown first; likewise head
 */
public record Sample(
    String id,
    String title,
    String about,
    String text,
    String question,
    boolean chat,
    CacheChoice choice,
    String look,
    int layer,
    int head) {
  private static final String FOLDER = "/org/emslens/app/samples/";

  /** All samples in the order they are meant to be opened. */
  public static List<Sample> all() {
    try {
      YAMLMapper yaml = YAMLMapper.builder().build();
      List<Sample> samples = new ArrayList<>();
      for (JsonNode id : yaml.readTree(resource("index.yaml")).path("prompts")) {
        JsonNode about = yaml.readTree(resource(id.asText() + ".yaml"));
        samples.add(
            new Sample(
                id.asText(),
                about.path("title").asText(),
                about.path("about").asText().strip(),
                new String(resource(id.asText() + ".txt"), StandardCharsets.UTF_8).strip(),
                about.path("question").asText("").strip(),
                about.path("chat").asBoolean(),
                choice(about),
                about.path("look").asText(""),
                about.path("layer").asInt(0),
                about.path("head").asInt(0)));
      }
      return samples;
    } catch (IOException e) {
      throw new IllegalStateException("The program's own samples cannot be read.", e);
    }
  }

  private static CacheChoice choice(JsonNode about) {
    Policies policy = Policies.byId(about.path("policy").asText("ems"));
    return new CacheChoice(policy, policy.preset(), Budget.slots(about.path("budget").asInt(128)));
  }

  private static byte[] resource(String name) throws IOException {
    try (InputStream in = Sample.class.getResourceAsStream(FOLDER + name)) {
      if (in == null) {
        throw new IOException("samples/" + name + " is missing.");
      }
      return in.readAllBytes();
    }
  }

  /** The recorded session that opens without a model. */
  public static InputStream recording() {
    return Sample.class.getResourceAsStream(FOLDER + "recorded.emslens");
  }

  @Override
  public String toString() {
    return title;
  }
}
