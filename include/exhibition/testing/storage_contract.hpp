#pragma once

#include "exhibition/testing/storage_contract/backup.hpp"
#include "exhibition/testing/storage_contract/collections.hpp"
#include "exhibition/testing/storage_contract/fixture.hpp"
#include "exhibition/testing/storage_contract/followers.hpp"
#include "exhibition/testing/storage_contract/ids.hpp"
#include "exhibition/testing/storage_contract/isolation.hpp"
#include "exhibition/testing/storage_contract/log.hpp"
#include "exhibition/testing/storage_contract/my_pages.hpp"
#include "exhibition/testing/storage_contract/peers.hpp"
#include "exhibition/testing/storage_contract/queries.hpp"
#include "exhibition/testing/storage_contract/submits.hpp"
#include "exhibition/testing/storage_contract/units.hpp"
#include "exhibition/testing/storage_contract/vouchers.hpp"

/// What every Storage promises, as a GoogleTest suite that every adapter passes: its collections,
/// units, log and ids, what followers keep, its my-page store, and its backup. An adapter's test is
/// a harness and one line:
///
///     #include <exhibition/testing/storage_contract.hpp>
///
///     struct MyHarness {
///       static constexpr bool durable = true;  // what was committed is there after opening again
///       static constexpr bool several = true;  // a store can be open several times at once
///       static constexpr bool files = true;    // backup makes a file
///
///       // On this harness' store: a new and empty one for each harness, and gone with it.
///       Result<std::unique_ptr<Storage>> open() { return my::storage(folder() / "store"); }
///
///       // Only where there are files: a folder to write in, and the storage in a backup's file.
///       std::filesystem::path folder() const;
///       Result<std::unique_ptr<Storage>> open_at(const std::filesystem::path& copy) {
///         return my::storage(copy);
///       }
///     };
///
///     namespace exhibition::testing {
///     INSTANTIATE_TYPED_TEST_SUITE_P(My, StorageContract, MyHarness);
///     }
///
/// What an adapter does not claim is skipped, and the skip says so. Link exhibition::testing and
/// GTest::gtest_main. The suite adds first what others refer to: an exhibition, its sessions, their
/// reservations, their vouchers.

namespace exhibition::testing {

REGISTER_TYPED_TEST_SUITE_P(
    StorageContract, AnEmptyStoreHasNothing, AnExhibitionComesOutAsItWentIn,
    EveryStatusOfAnExhibitionIsKept, ExhibitionsAreListedByIdFromTheCursorOn,
    ASessionComesOutAsItWentIn, SessionsAreListedByStartThenIdFromTheCursorUpToTheEnd,
    AReservationComesOutAsItWentIn, EveryStatusAndReasonOfAReservationIsKept,
    ReservationsAreListedByIdFromTheCursorOn, KeysAreScopedToTheKindOfCommand,
    KeysAreListedByTheirAgeAndRemoved, AFollowersPositionIsItsOwn,
    AVoucherComesOutWithItsRedemptionsAsItWentIn, RedemptionsAreAddedAndTakenBack,
    NoTwoVouchersHaveOneCode, VouchersAreFoundByCodeAndListedById,
    HoldsPastTheirTimeAreListedOldestFirstThenLowestId, AHoldThatIsNoLongerHeldOrHasMovedIsNotPast,
    PlacesPastTheirTimeMayBeMoreThanAnInt, LimitedPlacesAreThoseInForceOfThatMemberMadeUnderALimit,
    MembersAreToldApartByEveryByte, AUnitThatRefusesHasWrittenNothing,
    APortErrorIsAStorageFailureAndHasWrittenNothing,
    AnotherExceptionIsRethrownAfterTheRollbackAndTheWorkIsNotDone,
    AFailedUnitLeavesWhatWasThereBefore, AReaderThatThrowsLeavesTheStorageUsable,
    AWorkIsDoneOnceItIsVisibleAndWithNoLockHeld, NothingOfTheSameStorageBeginsInsideAUnit,
    NothingOfTheSameStorageBeginsInsideARead, UnitsAndReadsOfTwoStoragesMayBeInsideEachOther,
    WhatWasCommittedIsThereAfterOpeningAgain, WhatWasSubmittedIsThereOnceItIsDone,
    WhatWasSubmittedAndFailsHasWrittenNothing, ASubmitDoesNotWaitForAUnitThatRuns,
    WhatOneThreadSubmitsIsRunInItsOrder, WhoIsToldOfTheEndMaySubmitAndWaitForMore,
    NothingIsSubmittedInsideAUnitOrARead, UnitsThatAreSubmittedAndWaitedForLoseNothing,
    AStorageThatEndsFinishesWhatWasSubmitted, AReadDoesNotWaitForAUnitAndDoesNotSeeIt,
    AReadViewStaysAsItWasWhileACommitBecomesVisibleToOthers, UnitsOfManyThreadsLoseNothing,
    AReadSeesAllOfAUnitOrNothing, TwoStoragesOnOneStoreTakeTurns,
    AnEventOfEveryTypeComesOutAsItWentIn, AnEnvelopeKeepsItsExtremes,
    TheLogIsReadInSlicesUpToItsHead, AUnitSeesTheEventsThatItHasAppended,
    AnEventThatWasRolledBackIsNeverSeen, WhoHasSeenAPositionNeverLaterSeesANewEventAtOrBelowIt,
    TheLogIsToldFromOthersForGood, TheLogForgetsItsBeginningAndGoesOn,
    AFollowerIsForgottenButForItsDeadLetters, EveryEventIsProvenByANumberThatNoOtherHas,
    IdsOfEveryKindCountFromOne, TheEndOfTheLastBlockCanBeGivenBack,
    ABlockThatIsNotTheLastIsNotTakenBack, AnIdIsHandedToOneThreadOnly, IdsGoOnAfterOpeningAgain,
    AnIdIsHandedToOneOfTwoStoragesOnly, AnEmptyMyPageStoreHasNothing,
    AMyPageEntryComesOutAsItWentIn, EveryStatusOfAMyPageEntryIsKept,
    MyPageEntriesAreListedByReservationFromTheCursorOn, MyPageTimesFollowTheSession,
    MyPageEntriesAndPositionAreWrittenTogetherOrNotAtAll,
    MyPageTransactionsOfManyThreadsLoseNothing, AMyPageTransactionMayReadTheStorage,
    ABackupOpensAsTheStoreWas, ABackupOverwritesNothing,
    ABackupIntoNowhereIsAStorageFailureAndLeavesNothing, ABackupWhileOthersWriteIsOfOneInstant,
    ABackupOfMyPagesGoesBesideTheCopyOfTheStore, AFollowerThatHasKeptNothingHasNothing,
    TheNamesOfFollowersAreThoseThatHaveACheckpoint, AMyPageStoreIsMadeAnewBesideTheOneThatServes,
    ASuccessorThatIsRefusedChangesNothing,

    ACheckpointComesOutAsItWentIn, ADeadLetterComesOutAsItWentIn,
    DeadLettersAreListedByPositionAndByStream, WhatFollowersKeepIsRolledBackWithTheirTransaction,
    WhatFollowersKeepDurablyIsKeptOrRolledBackAsWell, AStorageIsThereAndOneThatNeverWasIsNot,
    PeersAreToldApartAndMissedWhenTheyAreGone, PeersHaveOneClock,
    WhatExternalFollowersKeepIsThereAfterOpeningAgain,
    ASliceOfTheLogHasTheWantedEventsAndWhereItEnds, ABacklogHasTheWantedEventsAfterAPosition);

}  // namespace exhibition::testing
