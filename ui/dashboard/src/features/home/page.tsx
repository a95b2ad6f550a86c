/** Home: how it goes, what needs attention, what happened last. */

import { SegmentedControl, Stack } from "@mantine/core";
import { PageHeader } from "../../components/PageHeader.tsx";
import { PERIODS } from "../../lists/period.ts";
import { readSearch, textLike, word } from "../../lists/search.ts";
import { Columns } from "../../objects/Columns.tsx";
import { type Raw, useUrl } from "../../url.ts";
import { Attention } from "./Attention.tsx";
import { Credentials } from "./Credentials.tsx";
import { HOME_PERIODS, type HomePeriod } from "./figures.ts";
import { Newest } from "./Newest.tsx";
import { Stats } from "./Stats.tsx";

interface Search {
  readonly period?: HomePeriod;
  readonly currency?: string;
}

function read(raw: Raw): Search {
  return readSearch<Search>({ period: word(HOME_PERIODS), currency: textLike(/^[A-Z]{3}$/) }, raw);
}

const PERIOD_CHOICES = HOME_PERIODS.map((value) => ({ value, label: value }));

export default function HomePage() {
  const [{ period = "7d", currency }, change] = useUrl(read);
  return (
    <>
      <PageHeader
        title="Home"
        description={`${PERIODS[period]}, as it happens.`}
        actions={
          <SegmentedControl
            aria-label="Period"
            data={PERIOD_CHOICES}
            value={period}
            onChange={(value) => change({ period: value }, { replace: true })}
          />
        }
      />
      <Stack gap="md">
        <Stats period={period} currency={currency} onCurrency={(code) => change({ currency: code })} />
        <Columns
          isSideFirst
          main={<Newest />}
          side={
            <>
              <Attention />
              <Credentials />
            </>
          }
        />
      </Stack>
    </>
  );
}
