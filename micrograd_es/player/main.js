// ---- Begin -----------------------------------------------------------------------------------------------------------

wireBoxes();
wireSteps();
wireDetail();
wireWhatIf();
wirePredict();
showView(fittingView());
go(fromAddress());
summarise();
