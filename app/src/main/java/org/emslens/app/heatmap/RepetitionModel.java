package org.emslens.app.heatmap;

import javafx.beans.property.BooleanProperty;
import javafx.beans.property.ReadOnlyObjectProperty;
import javafx.beans.property.ReadOnlyObjectWrapper;
import javafx.beans.property.SimpleBooleanProperty;
import org.emslens.app.lens.Campaign;
import org.emslens.app.lens.Job;
import org.emslens.app.lens.Lens;
import org.emslens.engine.scores.RepetitionMap;
import org.emslens.session.Run;

/** Whether one looks at the open prompt as the model repeats it, rather than as it read it. */
public final class RepetitionModel {
  private final Lens lens;
  private final Campaign campaign;
  private final BooleanProperty wanted = new SimpleBooleanProperty(this, "wanted");
  private final ReadOnlyObjectWrapper<RepetitionMap> map = new ReadOnlyObjectWrapper<>(this, "map");

  public RepetitionModel(Lens lens) {
    this.lens = lens;
    campaign = lens.campaign();
    wanted.addListener((o, before, now) -> turned(now));
    lens.runProperty().addListener((o, before, now) -> shown(now));
  }

  /** Setting it reads the prompt once more, or ends that. */
  public BooleanProperty wantedProperty() {
    return wanted;
  }

  /** The map once it is there, else null. */
  public ReadOnlyObjectProperty<RepetitionMap> mapProperty() {
    return map.getReadOnlyProperty();
  }

  private void turned(boolean on) {
    if (!on) {
      campaign.cancel();
      map.set(null);
      return;
    }
    campaign.run(
        "Repeating the prompt",
        "The prompt is being repeated; start again?",
        (loaded, shown, turn) -> {
          RepetitionMap made =
              RepetitionMap.of(
                  loaded.model(), loaded.pass(), shown.session().run().prefill(), turn);
          lens.show(() -> came(made));
        },
        end -> {
          if (!(end instanceof Job.End.Done)) {
            wanted.set(false);
          }
        });
  }

  private void came(RepetitionMap made) {
    Run run = lens.runProperty().get();
    if (wanted.get() && run != null && made.isOf(run.prefill())) {
      map.set(made);
    } else {
      wanted.set(false);
    }
  }

  /** Another prompt's repetition is not this one's. */
  private void shown(Run now) {
    RepetitionMap m = map.get();
    if (m != null && (now == null || !m.isOf(now.prefill()))) {
      wanted.set(false);
    }
  }
}
